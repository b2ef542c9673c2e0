"""Turn what an engine prints into log lines, up to a cap, and remember the last ones."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_LINE = 8192
"""Bytes after which a line without an end becomes a log line of its own."""


@dataclass(frozen=True, slots=True)
class LogLimits:
    """The most that one attempt may log, printed and sent together."""

    bytes: int = 1 << 20
    lines: int = 20_000


class AttemptLog:
    """The log of one attempt; after the cap it says so once and only remembers the last lines."""

    def __init__(self, log: Callable[[str, str], None], limits: LogLimits) -> None:
        self._log = log
        self._limits = limits
        self._bytes = 0
        self._lines = 0
        self._rest = b""
        self.truncated = False
        self.last: deque[str] = deque(maxlen=20)

    def printed(self, data: bytes) -> None:
        """Bytes from stderr, cut anywhere."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._print(line)
        if len(self._rest) > LONGEST_LINE:
            self._print(self._rest)
            self._rest = b""

    def _print(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text.strip():
            self.last.append(text[:LONGEST_LINE])
            self.write("info", text)

    def write(self, level: str, text: str) -> None:
        """One line, printed or sent."""
        if self.truncated:
            return
        self._bytes += len(text)
        self._lines += 1
        if self._bytes > self._limits.bytes or self._lines > self._limits.lines:
            self.truncated = True
            self._log("warning", "log truncated: the engine wrote more than an attempt may log")
            return
        self._log(level, text)

    def finish(self) -> None:
        """The attempt ends: a line without an end is one, too."""
        if self._rest:
            self._print(self._rest)
            self._rest = b""
