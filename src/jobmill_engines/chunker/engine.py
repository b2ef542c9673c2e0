"""The chunker as an engine: opens the input and hands it to what its template names."""

from collections.abc import Callable, Mapping
from typing import Any

from jobmill_engine import Engine, InputRejected, Task
from jobmill_engines.chunker.audio import cut_audio
from jobmill_engines.chunker.request import Request, read_request
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.source import Source, open_source

_CUTS: Mapping[str, Callable[[Task, Source, Request], dict[str, Any]]] = {
    "audio": cut_audio,
}


class Chunker(Engine):
    """Sound, video, pictures or bytes of its input as numbered chunks on port `out`."""

    def run(self, task: Task) -> Mapping[str, Any]:
        request = read_request(task.parameters)
        given = task.input()
        try:
            with (
                given.open() as stream,
                open_source(
                    stream, None if given.live else given.path, task.workdir, task.log
                ) as source,
            ):
                return {"summary": _CUTS[request.template](task, source, request)}
        except MediaRejected as rejected:
            raise InputRejected(rejected.code, rejected.message) from rejected
