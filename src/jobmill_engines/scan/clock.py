"""Puts the time stamps of one stream on the file's timeline, however broken they are."""

from fractions import Fraction

_SLACK = Fraction(1)
_UNKNOWN_JUMP = Fraction(60)


class Clock:
    """Times that never run backwards and never leap out of the file.

    A frame without a time stamp follows the one before it. A step back, and a leap beyond the
    declared end (or, where none is declared, beyond a minute), is a break: time goes on from where
    it was, and the break is counted. `breaks` says how many there were.
    """

    def __init__(self, origin: Fraction, duration: Fraction | None) -> None:
        self.breaks = 0
        self.reached = Fraction(0)
        self._origin = origin
        self._duration = duration
        self._offset = Fraction(0)
        self._started = False

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
        self._started = True
        return time

    def _latest(self) -> Fraction:
        if self._duration is None:
            return self.reached + _UNKNOWN_JUMP
        return max(self._duration, self.reached) + _SLACK
