"""Which parts of each output port are written, and how far a task may go on. Knows no files.

Used from any thread of an engine; whoever may not write yet waits here, also for a cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import Condition, Lock


class Lead:
    """The numbers of one attempt's parts. `credit` and `resume` are those of `protocol.Run`."""

    def __init__(self, credit: Mapping[str, int] | None, resume: Mapping[str, int] | None) -> None:
        self._credit = dict(credit or {})
        self._kept = dict(resume or {})
        self._next: dict[str, int] = {}
        self._given: set[tuple[str, int]] = set()
        self._locks: dict[str, Lock] = {}
        self._changed = Condition()

    def writing(self, port: str) -> AbstractContextManager[object]:
        """Around the writing of one part: the parts of a port are sent in their order."""
        with self._changed:
            return self._locks.setdefault(port, Lock())

    def next(self, port: str) -> int:
        """The number of the next part, from 0."""
        return self._next.get(port, 0)

    def kept(self, port: str) -> int:
        """How many parts of this port are kept from an earlier attempt."""
        return self._kept.get(port, 0)

    def skip(self, port: str) -> int:
        """Go on behind the parts that are kept; returns the next number."""
        with self.writing(port):
            self._next[port] = max(self.next(port), self.kept(port))
            return self._next[port]

    def written(self, port: str, number: int, *, chunk: bool) -> None:
        """This part, a chunk's or simply the port's next, is handed over."""
        if chunk:
            self._given.add((port, number))
        else:
            self._next[port] = number + 1

    def has(self, port: str, number: int) -> bool:
        """Whether this chunk's part was handed over."""
        return (port, number) in self._given

    def allow(self, port: str, upto: int) -> None:
        """Raise the bound of a port; one that never had a bound gets none."""
        with self._changed:
            if port in self._credit:
                self._credit[port] = max(self._credit[port], upto)
                self._changed.notify_all()

    def wait(self, port: str, number: int, given_up: Callable[[], bool]) -> bool:
        """Wait until the part may be written; False when the wait was given up."""
        with self._changed:
            return (
                self._changed.wait_for(
                    lambda: given_up() or number < self._credit.get(port, number + 1)
                )
                and not given_up()
            )

    def wake(self) -> None:
        """Let whoever waits look whether the wait is given up."""
        with self._changed:
            self._changed.notify_all()
