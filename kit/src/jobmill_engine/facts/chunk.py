"""A chunk: what was found in one piece of a file, and where in the file that piece lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from jobmill_engine.facts.model import Facts

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was found in one chunk, and where in the file that chunk lies (milliseconds).

    `end_ms` None: not known. `own` is the stretch of the file that this chunk answers for; None is
    all of the chunk.
    """

    facts: Facts
    start_ms: float = 0.0
    end_ms: float | None = None
    own: Stretch | None = None

    @property
    def counting(self) -> Stretch:
        """Between which middles things count. Only what another chunk knows of too is left out: a
        word may be placed a little beyond the chunk's own sound."""
        low, high = self.own or (self.start_ms, inf)
        more_before = self.start_ms < low - 1
        more_after = self.end_ms is not None and self.end_ms > high + 1
        return (low if more_before else -inf, high if more_after else inf)

    @classmethod
    def from_meta(cls, facts: Facts, meta: Mapping[str, Any]) -> Chunk:
        """A chunk by its document and its part's meta: `start_ms`, `end_ms` and the own stretch,
        `own_start_ms` and `own_end_ms`, all from the start of the file.

        Without an own stretch there, it is the document's `own`, from the start of the chunk.
        """
        start = float(meta.get("start_ms") or 0.0)
        end = _number(meta, "end_ms")
        low, high = _number(meta, "own_start_ms"), _number(meta, "own_end_ms")
        own: Stretch | None = None
        if low is not None or high is not None:
            own = (start if low is None else low, _after(start, end) if high is None else high)
        elif facts.own is not None:
            own = (facts.own[0] + start, facts.own[1] + start)
        return cls(facts, start, end, own)


def _number(meta: Mapping[str, Any], name: str) -> float | None:
    value = meta.get(name)
    return None if value is None else float(value)


def _after(start: float, end: float | None) -> float:
    return inf if end is None else max(start, end)
