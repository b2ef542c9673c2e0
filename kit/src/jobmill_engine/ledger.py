"""What an engine may write and answer in one live attempt, and what it has. Pure bookkeeping.

Both the server and the conformance checks keep an engine to it.

Whatever does not fit is a `PartRefused` with the code and the words of the failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill_engine.manifest import Manifest
from jobmill_engine.meta import meta_problem

NAMED = 8
"""Numbers of chunks that a message names, at most."""


class PartRefused(Exception):
    """The engine wrote or answered what it may not."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class PartLedger:
    """The parts and chunks of one attempt, for whoever hears an engine.

    `chunks` are the numbers that it was given in mode chunk, None in any other mode; `credit` and
    `resume` are those of `protocol.Run`. Raises ValueError for a chunk that is given twice.
    """

    def __init__(
        self,
        manifest: Manifest,
        chunks: Sequence[int] | None,
        credit: Mapping[str, int] | None,
        resume: Mapping[str, int] | None,
    ) -> None:
        self._engine = manifest.id
        self._ports = {port.name for port in manifest.ports if port.direction == "out"}
        self._chunks = chunks is not None
        self._open = set(chunks or ())
        self._answered: set[int] = set()
        if len(self._open) < len(chunks or ()):
            raise ValueError("A run must not have the same chunk twice.")
        self._credit = dict(credit or {})
        self._kept = dict(resume or {})
        self._next: dict[str, int] = {}
        self._given: set[tuple[str, int]] = set()

    def bounds(self, port: str | None) -> bool:
        """Whether the call itself limits how many messages there can be about a port or chunk."""
        return self._chunks or port in self._credit

    def allow(self, port: str, upto: int) -> bool:
        """Raise the bound of a port; answers whether that changes anything."""
        if upto <= self._credit.get(port, upto):
            return False
        self._credit[port] = upto
        return True

    def write(self, port: str, number: int | None, meta: Mapping[str, Any] | None) -> int:
        """The engine has written a part; answers its number."""
        if port not in self._ports:
            raise self._failure(
                "unknown_port",
                f"wrote to the port {port!r}, which its engine.toml does not name. Add it there: "
                f'[[ports]], name = "{port}"',
            )
        if number is None:
            raise self._failure(
                "bad_part",
                f"gave a part of port {port!r} no number. An engine that uses jobmill_engine need "
                "not care, if that is the one of the server's version",
            )
        if meta and (problem := meta_problem(meta)):
            what = f"gave part {number} of port {port!r} a meta that cannot be kept: {problem}"
            raise self._failure("bad_part", what)
        if self._chunks:
            self._write_for_chunk(port, number)
        else:
            self._write_next(port, number)
        if number >= self._credit.get(port, number + 1):
            raise self._failure(
                "credit_exceeded",
                f"wrote part {number} of port {port!r} although it may write only those below "
                f"{self._credit[port]} until it is given more credit",
            )
        return number

    def answer(self, number: int) -> None:
        """The engine has answered a chunk."""
        if number in self._answered:
            raise self._failure("chunk_answered_twice", f"answered chunk {number} twice")
        if number not in self._open:
            raise self._failure("unknown_chunk", f"answered chunk {number}, which it was not given")
        self._open.remove(number)
        self._answered.add(number)

    def end(self) -> None:
        """The engine says that it is done."""
        if self._open:
            some = ", ".join(str(number) for number in sorted(self._open)[:NAMED])
            more = ", …" if len(self._open) > NAMED else ""
            raise self._failure(
                "chunk_unanswered",
                f"said that it is done but answered {len(self._open)} of its chunks with neither "
                f"chunk_done nor chunk_failed: {some}{more}",
            )

    def _write_for_chunk(self, port: str, number: int) -> None:
        if number not in self._open:
            what = "has answered already" if number in self._answered else "was not given"
            raise self._failure(
                "unknown_chunk", f"wrote to port {port!r} for chunk {number}, which it {what}"
            )
        if (port, number) in self._given:
            what = f"wrote two parts to port {port!r} for chunk {number}; a chunk has one"
            raise self._failure("bad_part", what)
        self._given.add((port, number))

    def _write_next(self, port: str, number: int) -> None:
        expected = self._next.get(port, 0)
        if not expected <= number <= max(expected, self._kept.get(port, 0)):
            what = f"wrote part {number} of port {port!r} although {expected} is the next"
            raise self._failure("bad_part", what)
        self._next[port] = number + 1

    def _failure(self, code: str, what: str) -> PartRefused:
        return PartRefused(code, f"Engine {self._engine} {what}.")
