"""Regular expressions of taxonomies: strangers wrote them, so the time that they take has an end.

Python's own matcher looks for signals while it works, on the main thread, where engines run.
"""

import re
import signal
from collections.abc import Callable
from threading import current_thread, main_thread
from time import thread_time
from types import FrameType
from typing import TypeVar

from jobmill_engine import InputRejected

SECONDS = 5.0
"""Of processor time, for all that one pattern does in one document."""
T = TypeVar("T")


class _TooSlow(Exception):
    """The time is over."""


class Pattern:
    """The pattern of a data point. Raises re.error, OverflowError or RecursionError for a text that
    is none; its methods raise InputRejected once they have taken `SECONDS` together."""

    def __init__(self, text: str, key: str) -> None:
        self._compiled = re.compile(text)
        self._key, self._left = key, SECONDS

    def fits(self, text: str) -> bool:
        """Whether a whole text is as it says."""
        return self._within(lambda: self._compiled.fullmatch(text) is not None)

    def places(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of what is as it says in a text."""
        return self._within(lambda: [match.span() for match in self._compiled.finditer(text)])

    def _within(self, work: Callable[[], T]) -> T:
        if current_thread() is not main_thread():
            return work()  # nothing can interrupt it there
        if self._left <= 0:
            raise self._too_slow()
        begun = thread_time()
        signal.signal(signal.SIGVTALRM, _stop)
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, self._left)
            try:
                found = work()
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._left -= thread_time() - begun  # the timer counts too coarsely for short work
            if self._left > 0:
                return found
        except _TooSlow:
            self._left = 0.0
        raise self._too_slow()

    def _too_slow(self) -> InputRejected:
        told = f"The pattern of the data point {self._key!r} took more than {SECONDS:g} s"
        how = "repeat no group that repeats itself, as in (a+)+, and use narrower classes"
        return InputRejected("pattern_too_slow", f"{told}: {how}.")


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooSlow
