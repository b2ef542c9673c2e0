"""The chunks of a video that are being written, and their way out in order."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from jobmill_engine import Task
from jobmill_engines.media.av_file import AvFile
from jobmill_engines.media.parts import Parts

MEDIA_TYPE = "video/mp4"


class VideoChunks:
    """Several chunks may be open at a time; they are handed over in their order."""

    def __init__(self, task: Task) -> None:
        self.parts = Parts(task)
        self.end = Fraction(0)
        self._folder = task.workdir
        self._files: dict[int, tuple[Path, AvFile]] = {}

    def needs(self, number: int) -> bool:
        """Whether this chunk must be made: it is not kept from an earlier attempt."""
        return self.parts.needs(number)

    def file(self, number: int, make: Callable[[Path], AvFile]) -> AvFile:
        """The file of this chunk, begun by `make` when it is not there."""
        if number not in self._files:
            path = self._folder / f"chunk-{number}.mp4"
            self._files[number] = path, make(path)
        return self._files[number][1]

    def close(
        self,
        number: int,
        start: Fraction,
        end: Fraction,
        own_start: Fraction,
        own_end: Fraction,
    ) -> None:
        """This chunk is complete; times in seconds."""
        self.end = max(self.end, own_end)
        if not self.parts.wanted:
            self.parts.passed()
            return
        path, file = self._files.pop(number)
        file.close()
        meta = {
            "start_ms": float(start * 1000),
            "end_ms": float(end * 1000),
            "own_start_ms": float(own_start * 1000),
            "own_end_ms": float(own_end * 1000),
        }
        self.parts.send(path, MEDIA_TYPE, meta)
