"""How a scan speaks while it works, and how it keeps one detector's failure from the others."""

import threading
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Protocol

from jobmill_engines.scan.spans import Window

_EVERY_SECONDS = 0.1


class Listener(Protocol):
    """Told how the scan goes; called from two threads."""

    def progress(self, done: float, total: float | None, unit: str, feature: str) -> None:
        """A feature has seen `done` of `total` seconds of media."""

    def warn(self, code: str, message: str, feature: str | None = None) -> None:
        """Something a user should know; with a feature, that feature has no result."""

    def check_cancelled(self) -> None:
        """Raises when the work is no longer wanted."""


class Failures:
    """Features that failed, each with its first reason."""

    def __init__(self) -> None:
        self.reasons: dict[str, tuple[str, str]] = {}

    def add(self, feature: str, code: str, message: str) -> None:
        self.reasons.setdefault(feature, (code, message))

    def guard(self, feature: str, work: Callable[[], None]) -> None:
        """Do a detector's work unless it failed before; what it raises fails its feature only."""
        if feature in self.reasons:
            return
        try:
            work()
        except Exception as error:
            self.add(feature, "detector_failed", f"{type(error).__name__}: {error}")


class Meter:
    """Progress of one pass over the file for the features it serves, and its stop signal."""

    def __init__(
        self,
        listener: Listener,
        features: Iterable[str],
        windows: Iterable[Window],
        duration: Fraction | None,
        stop: threading.Event,
    ) -> None:
        self._listener = listener
        self._features = tuple(features)
        self._windows = tuple(windows)
        self._stop = stop
        self._last = 0.0
        self._said = 0.0
        ends = [window.end or duration for window in self._windows]
        lengths = [
            max(Fraction(0), end - window.start) if end is not None else None
            for window, end in zip(self._windows, ends, strict=True)
        ]
        known = [length for length in lengths if length is not None]
        self._total = float(sum(known)) if len(known) == len(lengths) else None

    def at(self, time_reached: Fraction) -> None:
        """The pass has reached this time of the file; raises when the work is to stop."""
        now = time.monotonic()
        if now - self._last < _EVERY_SECONDS:
            return
        self._last = now
        self._listener.check_cancelled()
        if self._stop.is_set():
            raise Stopped
        self._say(float(sum(self._within(window, time_reached) for window in self._windows)))

    def finished(self) -> None:
        """The pass is through, also where the file was shorter than it declared."""
        if self._total is not None:
            self._say(self._total)

    def _say(self, done: float) -> None:
        total = None if self._total is None else max(self._total, 0.0)
        done = done if total is None else min(done, total)
        self._said = done = max(self._said, done)  # what is read a second time is no step back
        for feature in self._features:
            self._listener.progress(done, total, "s", feature)

    @staticmethod
    def _within(window: Window, reached: Fraction) -> Fraction:
        end = reached if window.end is None else min(reached, window.end)
        return max(Fraction(0), end - window.start)


class Stopped(Exception):
    """The other pass failed or was cancelled, so this one need not go on."""
