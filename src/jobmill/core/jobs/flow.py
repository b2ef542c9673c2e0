"""How far a task's parts are: what its ports hold, what it has read, what it has still to do.

Pure records. The parts themselves are rows of their own; these counts decide who may start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

OUT = "out"
"""The port of what a task returns."""
LEAD_PARTS = 64
"""How many parts a producer may be ahead of who reads them."""
LEAD_BYTES = 256 * 1024 * 1024
BATCH_SECONDS = 1.0
"""How much work one attempt at chunks shall be."""
LEAST_SECONDS = 0.05
"""So much work at least, though little is left: an attempt costs more than to share less."""
BATCH_CHUNKS = 500
FRESH = 0.5
"""How much the newest batch counts in the mean time of a chunk."""


@dataclass(frozen=True, slots=True)
class PortFlow:
    """What an output port holds. `rounds` rises when other bytes took the place of kept ones.

    `confidence` is that of the least sure document, where a review reads it.
    """

    parts: int = 0
    size: int = 0
    rounds: int = 1
    confidence: float | None = None

    def plus(self, parts: int, size: int) -> "PortFlow":
        """With more parts. What was sure of itself is forgotten with the last of them."""
        kept = self.parts + parts
        confidence = self.confidence if kept else None
        return replace(self, parts=kept, size=self.size + size, confidence=confidence)

    def as_sure_as(self, confidence: float | None) -> "PortFlow":
        """With a document that is so sure of itself."""
        if confidence is None:
            return self
        least = confidence if self.confidence is None else min(confidence, self.confidence)
        return replace(self, confidence=least)

    def lead(self) -> int:
        """How many parts of this size one may be ahead: two at least, however large they are."""
        mean = self.size // self.parts if self.parts else 0
        return LEAD_PARTS if mean == 0 else max(2, min(LEAD_PARTS, LEAD_BYTES // mean))


@dataclass(frozen=True, slots=True)
class Flow:
    """`ports` are its outputs, `read` how many parts a running stream task took from its inputs.
    `awaits` are inputs that no route leads into yet, each with what it is to carry: until there is
    one the task cannot start.

    Of a task that works chunk by chunk, lane 0 counts those `queued` and `done`, and the mean
    `seconds` of one; every lane counts those that its attempt has in hand (`taken`).
    """

    ports: Mapping[str, PortFlow] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    queued: int = 0
    taken: int = 0
    done: int = 0
    seconds: float | None = None
    awaits: Mapping[str, str] = field(default_factory=dict)

    def held(self, port: str) -> int:
        """How many parts a port holds."""
        return self.ports[port].parts if port in self.ports else 0

    def learnt(self, chunks: int, seconds: float) -> "Flow":
        """With the time that some chunks took."""
        if chunks <= 0:
            return self
        one = seconds / chunks
        mean = one if self.seconds is None else FRESH * one + (1 - FRESH) * self.seconds
        return replace(self, seconds=mean)

    def batch(self, lanes: int) -> int:
        """How many of the queued chunks the next attempt takes: one as long as nothing is known."""
        if self.seconds is None:
            return min(1, self.queued)
        one = max(self.seconds, BATCH_SECONDS / BATCH_CHUNKS)
        worth, least = int(BATCH_SECONDS / one), int(LEAST_SECONDS / one)
        return min(self.queued, max(1, least, min(worth, self.queued // (2 * lanes))))


EMPTY = Flow()
