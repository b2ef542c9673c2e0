"""Hands segments over as soon as they stand in the playlist. Encodes nothing."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from jobmill_engine import Task
from jobmill_engines.media.parts import Parts

PORT = "media"
INIT, PLAYLIST = "init.mp4", "index.m3u8"
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
SEGMENT_TYPE, INIT_TYPE = "video/iso.segment", "video/mp4"


def hls_options(folder: Path, seconds: Fraction) -> dict[str, str]:
    """FFmpeg's options for a rendition in this folder, in segments of about so many seconds."""
    return {
        "hls_time": str(float(seconds)),
        "hls_segment_type": "fmp4",
        "hls_fmp4_init_filename": INIT,
        "hls_segment_filename": str(folder / "segment-%05d.m4s"),
        "hls_playlist_type": "event",
        "hls_flags": "independent_segments",
        "fflags": "+bitexact",
    }


class Segments:
    """The parts of port `media`. `reached` is the end of the last segment, in seconds."""

    def __init__(self, task: Task, folder: Path) -> None:
        self.count = 0
        self.reached = Fraction(0)
        self.playlist = folder / PLAYLIST
        self._folder = folder
        self._parts = Parts(task, PORT)
        self._seen: tuple[int, int] | None = None

    def look(self) -> None:
        """Hand over what is complete since the last look."""
        try:
            stat = self.playlist.stat()
        except FileNotFoundError:
            return
        seen = (stat.st_mtime_ns, stat.st_size)
        if seen != self._seen:
            self._seen = seen
            for number, (seconds, name) in enumerate(self._entries()):
                if number == self.count:
                    self._hand_over(seconds, name)

    def finish(self) -> None:
        """Hand over what is left, and the playlist as the last part."""
        self._seen = None
        self.look()
        if not self.count:
            return
        text = self.playlist.read_text(encoding="utf-8")
        final = text.replace("#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-PLAYLIST-TYPE:VOD")
        meta = {"name": PLAYLIST, "kind": "playlist", "duration_ms": float(self.reached * 1000)}
        self._parts.send(final.encode(), PLAYLIST_TYPE, meta)

    def _entries(self) -> Iterator[tuple[Fraction, str]]:
        """(seconds, file name) of every segment in the playlist."""
        seconds = Fraction(0)
        for line in self.playlist.read_text(encoding="utf-8").splitlines():
            if line.startswith("#EXTINF:"):
                seconds = Fraction(line.removeprefix("#EXTINF:").split(",")[0])
            elif line and not line.startswith("#"):
                yield seconds, Path(line).name

    def _hand_over(self, seconds: Fraction, name: str) -> None:
        if not self.count:
            self._parts.send(self._folder / INIT, INIT_TYPE, {"name": INIT, "kind": "init"})
        start = self.reached
        self.reached += seconds
        meta = {
            "name": name,
            "kind": "segment",
            "segment": self.count,
            "start_ms": float(start * 1000),
            "end_ms": float(self.reached * 1000),
            "duration_ms": float(seconds * 1000),
        }
        self.count += 1
        self._parts.send(self._folder / name, SEGMENT_TYPE, meta)
