"""The engine `webstream`: the bytes of its input, as they come, in parts on port `out`.

The address is fetched by the server; this engine has no network. Standard library only.
"""

from typing import BinaryIO

from jobmill_engine import Engine, Input, InputRejected, Result, Task, serve

DEFAULT_CHUNK = 1 << 20


class Webstream(Engine):
    """Parts of `chunkSize` bytes each, the last one shorter; progress in bytes."""

    def run(self, task: Task) -> Result:
        size = int(task.parameters.get("chunkSize", DEFAULT_CHUNK))
        given = task.input()
        total = None if given.live else given.path.stat().st_size
        with given.open() as stream:
            parts = task.skip("out")
            done = _pass_over(task, stream, given, parts * size)
            while data := _read(stream, size):
                task.output("out", data, given.media_type, {"start_byte": done})
                done += len(data)
                parts += 1
                task.progress(done, total, "bytes")
                task.check_cancelled()
        if not done:
            raise InputRejected("empty", "The input has no bytes. Give another address or file.")
        return {"summary": {"bytes": done, "parts": parts}}


def _pass_over(task: Task, stream: BinaryIO, given: Input, size: int) -> int:
    """Leave out what is kept from an earlier attempt; returns how much there was of it."""
    if not given.live:
        return stream.seek(min(size, given.path.stat().st_size))
    passed = 0
    while passed < size and (data := stream.read(min(1 << 20, size - passed))):
        passed += len(data)
        task.check_cancelled()
    return passed


def _read(stream: BinaryIO, size: int) -> bytes:
    """Exactly so many bytes unless the stream ends: parts must not depend on how they came."""
    data = bytearray()
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return bytes(data)


if __name__ == "__main__":
    serve(Webstream)
