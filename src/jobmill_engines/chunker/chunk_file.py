"""The files of the chunks of a video that are being written, and their way out in order."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from jobmill_engine import Task
from jobmill_engines.media.aac import AacLane
from jobmill_engines.media.coded import Coded, Lane
from jobmill_engines.media.muxing import FRAGMENTED, Copied, Muxing, Pictures
from jobmill_engines.media.parts import Parts
from jobmill_engines.media.pictures import Shown

MEDIA_TYPE = "video/mp4"


class ChunkFile:
    """One chunk; its time 0 lies at `start`, in seconds. Without `pictures` they are encoded."""

    def __init__(
        self, path: Path, start: Fraction, pictures: Lane | None, sound: Lane | AacLane | None
    ) -> None:
        self.path = path
        self._start = start
        self._lane = sound
        self._muxing = Muxing(path, "mp4", FRAGMENTED)
        self._waiting: list[Coded] = []
        self._encoded: Pictures | None = None
        self._sound: Copied | None = None
        self._copied = self._muxing.copied(pictures) if pictures is not None else None
        if pictures is not None and sound is not None:
            self._sound = self._muxing.copied(sound)

    def copy(self, coded: Coded) -> None:
        """The next packet of either lane."""
        track = self._copied if coded.video else self._sound
        if track is not None:
            track.write(coded, self._start)
        elif not coded.video and self._encoded is None:
            self._waiting.append(coded)

    def picture(self, shown: Shown) -> None:
        """The next picture, to be encoded."""
        if self._encoded is None:
            self._encoded = self._muxing.pictures(shown.frame)
            self._sound = self._muxing.copied(self._lane) if self._lane is not None else None
            waiting, self._waiting = self._waiting, []
            for coded in waiting:
                self.copy(coded)
        self._encoded.write(shown.frame, max(Fraction(0), shown.start - self._start))

    def close(self) -> None:
        """Write what is left."""
        if self._encoded is not None:
            self._encoded.finish()
        self._muxing.close()


class VideoChunks:
    """Several chunks may be open at a time; they are handed over in their order."""

    def __init__(self, task: Task) -> None:
        self.parts = Parts(task)
        self.end = Fraction(0)
        self._folder = task.workdir
        self._files: dict[int, ChunkFile] = {}

    def needs(self, number: int) -> bool:
        """Whether this chunk must be made: it is not kept from an earlier attempt."""
        return self.parts.needs(number)

    def file(self, number: int, make: Callable[[Path], ChunkFile]) -> ChunkFile:
        """The file of this chunk, begun by `make` when it is not there."""
        if number not in self._files:
            self._files[number] = make(self._folder / f"chunk-{number}.mp4")
        return self._files[number]

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
        file = self._files.pop(number, None)
        if file is None:
            self.parts.passed()
            return
        file.close()
        meta = {
            "start_ms": float(start * 1000),
            "end_ms": float(end * 1000),
            "own_start_ms": float(own_start * 1000),
            "own_end_ms": float(own_end * 1000),
        }
        self.parts.send(file.path, MEDIA_TYPE, meta)
