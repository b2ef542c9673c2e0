"""Looks at the pictures of a film, but for those that were looked at before a crash: they are only
counted, if they are the same."""

from jobmill_engines.motion.film import FilmFrame
from jobmill_engines.motion.following import Follower, Nets
from jobmill_engines.motion.sightings import Sightings


class Watching:
    """Adds what is seen in each picture to the sightings; `twice` as of a follower."""

    def __init__(self, nets: Nets, sightings: Sightings, *, twice: bool) -> None:
        self._nets, self._twice, self._sightings = nets, twice, sightings
        self._follower = self._follow()
        self._pictures = 0

    @property
    def likely(self) -> tuple[int, int] | None:
        """In which size the next picture will be asked for."""
        return self._follower.likely

    @property
    def people(self) -> int:
        """How many there were at once, at most."""
        return self._follower.people

    def look(self, number: int, frame: FilmFrame) -> None:
        """The next picture."""
        self._pictures = number + 1
        time, known = float(frame.shown.start), self._sightings
        if number < known.kept:
            if known.times[number] == time:
                return
            self._cut(number)
        known.add(time, self._follower.look(frame), self._follower.memory)

    def end(self) -> None:
        """There are no more pictures."""
        if self._pictures < len(self._sightings):
            self._cut(self._pictures)

    def _cut(self, count: int) -> None:
        self._sightings.cut(count)
        self._follower = self._follow()

    def _follow(self) -> Follower:
        return Follower(self._nets, twice=self._twice, memory=self._sightings.memory())
