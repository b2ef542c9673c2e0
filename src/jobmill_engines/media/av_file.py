"""One file of sound and picture on a timeline of its own, each copied or encoded."""

from fractions import Fraction
from pathlib import Path

from jobmill_engines.media.aac import AacLane
from jobmill_engines.media.coded import Coded, Lane
from jobmill_engines.media.muxing import FRAGMENTED, Copied, Muxing, Pictures
from jobmill_engines.media.pictures import Shown


class AvFile:
    """A file that is being written; its time 0 lies at `start`, in seconds.

    `pictures` are the packets to copy; None: none, or with `encodes` those given to `picture`, with
    a key picture `every` so many seconds.
    """

    def __init__(
        self,
        muxing: Muxing,
        start: Fraction,
        pictures: Lane | None,
        sound: Lane | AacLane | None,
        *,
        encodes: bool = False,
        every: Fraction | None = None,
    ) -> None:
        self._muxing = muxing
        self._start = start
        self._lane = sound
        self._every = every
        self._waits = encodes
        self._waiting: list[Coded] = []
        self._encoded: Pictures | None = None
        self._copied = muxing.copied(pictures) if pictures is not None else None
        self._sound: Copied | None = None
        if sound is not None and not encodes:
            self._sound = muxing.copied(sound)

    @classmethod
    def mp4(
        cls, path: Path, start: Fraction, pictures: Lane | None, sound: Lane | AacLane | None
    ) -> "AvFile":
        """A fragmented MP4 of pictures, copied or (None) encoded, and sound."""
        muxing = Muxing(path, "mp4", FRAGMENTED)
        return cls(muxing, start, pictures, sound, encodes=pictures is None)

    def copy(self, coded: Coded) -> None:
        """The next packet of either lane; sound waits for the first picture to be encoded."""
        track = self._copied if coded.video else self._sound
        if track is not None:
            track.write(coded, self._start)
        elif self._waits and not coded.video:
            self._waiting.append(coded)

    def picture(self, shown: Shown) -> None:
        """The next picture, to be encoded."""
        if self._encoded is None:
            self._encoded = self._muxing.pictures(shown.frame, self._every)
            self._sound = self._muxing.copied(self._lane) if self._lane is not None else None
            waiting, self._waiting, self._waits = self._waiting, [], False
            for coded in waiting:
                self.copy(coded)
        start = max(Fraction(0), shown.start - self._start)
        self._encoded.write(shown.frame, start, shown.end - shown.start)

    def close(self) -> None:
        """Write what is left."""
        if self._encoded is not None:
            self._encoded.finish()
        self._muxing.close()
