"""The chunker as an engine: opens the input and hands it to what its template names."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import av.error

from jobmill_engine import Engine, Input, InputRejected, Task
from jobmill_engines.chunker.audio import cut_audio
from jobmill_engines.chunker.frames import cut_frames
from jobmill_engines.chunker.raw import cut_bytes
from jobmill_engines.chunker.request import Request, read_request
from jobmill_engines.chunker.video import cut_video
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.source import Source, open_source, unusable

_CUTS: Mapping[str, Callable[[Task, Source, Request], dict[str, Any]]] = {
    "audio": cut_audio,
    "video": cut_video,
    "frame": cut_frames,
}


class Chunker(Engine):
    """Sound, video, pictures or bytes of its input as numbered chunks on port `out`."""

    def run(self, task: Task) -> Mapping[str, Any]:
        request = read_request(task.parameters)
        given = task.input()
        with given.open() as stream:
            if request.template == "rawchunk":
                return {"summary": cut_bytes(task, given, stream, request)}
            try:
                return {"summary": _cut_media(task, given, stream, request)}
            except MediaRejected as rejected:
                raise InputRejected(rejected.code, rejected.message) from rejected


def _cut_media(task: Task, given: Input, stream: BinaryIO, request: Request) -> dict[str, Any]:
    path = None if given.live else given.path
    with open_source(stream, path, task.workdir, task.log) as source:
        try:
            return _CUTS[request.template](task, source, request)
        except av.error.InvalidDataError as error:
            raise unusable(error) from error
