"""The template `rawchunk`: bytes as they are. Opens nothing, so any kind of file will do."""

from typing import Any, BinaryIO

from jobmill_engine import Input, InputRejected, Task
from jobmill_engines.chunker.request import Request
from jobmill_engines.media.parts import Parts
from jobmill_engines.media.source import Ahead

MEDIA_TYPE = "application/octet-stream"


def cut_bytes(task: Task, given: Input, stream: BinaryIO, request: Request) -> dict[str, Any]:
    """Write `bytes` bytes a part to port `out`; returns the facts of the whole."""
    parts = Parts(task)
    source = Ahead(stream)
    total = None if given.live else given.path.stat().st_size
    while data := source.read(request.bytes):
        end = source.position
        if parts.wanted:
            parts.send(data, MEDIA_TYPE, {"start_byte": end - len(data), "end_byte": end})
        else:
            parts.passed()
        task.progress(end, total, "bytes")
        task.check_cancelled()
    if not source.position:
        raise InputRejected("empty", "The input has no bytes. Give another file.")
    return {"chunks": parts.number, "bytes": source.position}
