"""The engine `playback`: its input as HLS segments with their playlist on port `media`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av.error

from jobmill_engine import Engine, InputRejected, Task
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.source import open_source, unusable
from jobmill_engines.playback.rendition import make_rendition


class Playback(Engine):
    """Parts: the initialization segment, the media segments in order, the playlist last."""

    def run(self, task: Task) -> Mapping[str, Any]:
        seconds = Fraction(str(task.parameters.get("segment_seconds", 6)))
        given = task.input()
        path = None if given.live else given.path
        try:
            with (
                given.open() as stream,
                open_source(stream, path, task.workdir, task.log) as source,
            ):
                track = task.parameters.get("track")
                return {"summary": make_rendition(task, source, seconds, track)}
        except av.error.InvalidDataError as error:
            damaged = unusable(error)
            raise InputRejected(damaged.code, damaged.message) from error
        except MediaRejected as rejected:
            raise InputRejected(rejected.code, rejected.message) from rejected
