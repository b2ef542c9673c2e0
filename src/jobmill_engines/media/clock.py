"""Puts the time stamps of one stream on the file's timeline, however broken they are."""

from fractions import Fraction

_SLACK = Fraction(1)
_UNKNOWN_JUMP = Fraction(60)
_DOUBTFUL = Fraction(5)


class Clock:
    """Times that never run backwards and never leap out of the file.

    A frame without a time stamp follows the one before it. A step back, and a leap beyond the
    declared end (or, where none is declared, beyond a minute), is a break: time goes on from where
    it was, and the break is counted. A leap of more than five seconds is believed only when the
    next frame agrees: it lies as far ahead, or further on within the declared length. `breaks` says
    how many breaks there were.
    """

    def __init__(self, origin: Fraction, duration: Fraction | None) -> None:
        self.breaks = 0
        self.reached = Fraction(0)
        self._origin = origin
        self._duration = duration
        self._offset = Fraction(0)
        self._started = False
        self._doubt: Fraction | None = None

    def restart(self) -> None:
        """After a seek: the next frame's time stamp is believed."""
        self._started = False
        self._offset = Fraction(0)

    def place(self, stamp: Fraction | None, back: Fraction) -> Fraction:
        """The time of a frame with this time stamp (seconds); `back` is the step back allowed.

        Advances nothing: the caller sets `reached` to the frame's end.
        """
        if stamp is None:
            return self.reached
        time = stamp - self._origin + self._offset
        if self._started and (time < self.reached - back or time > self._latest()):
            self.breaks += 1
            self._offset += self.reached - time
            time = self.reached
        elif not self._started and time > self._latest():
            self._offset -= time
            time = Fraction(0)
            self.breaks += 1
        elif self._started and self._is_doubtful(time - self.reached):
            return self.reached
        self._started = True
        return time

    @property
    def doubts(self) -> bool:
        """Whether the time of the last frame was not believed yet: it was put where time was."""
        return self._doubt is not None

    def _is_doubtful(self, leap: Fraction) -> bool:
        """A long leap is believed when the next time stamp confirms it."""
        before, self._doubt = self._doubt, None
        if leap <= _DOUBTFUL or (before is not None and self._agree(before, leap)):
            return False
        self._doubt = leap
        return True

    def _agree(self, before: Fraction, leap: Fraction) -> bool:
        return abs(leap - before) < _SLACK or (self._duration is not None and leap > before)

    def _latest(self) -> Fraction:
        if self._duration is None:
            return self.reached + _UNKNOWN_JUMP
        return max(self._duration, self.reached) + _SLACK
