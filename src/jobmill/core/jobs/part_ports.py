"""Where parts are kept, and the chunks that chunk tasks have to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jobmill.core.ids import OrganizationNumber, RunToken, TaskNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.model import Part


class ChunkState(StrEnum):
    """Where one chunk of a chunk task stands."""

    QUEUED = "queued"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ChunkInHand:
    """A chunk that an attempt has, and how many tries at it have failed."""

    number: int
    tries: int


@dataclass(frozen=True, slots=True)
class Added:
    """What became of parts that were to be kept: new ones, and those whose number holds other
    bytes already. The rest was there."""

    fresh: Sequence[Part]
    other: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many parts went, how many bytes they had, and the blobs that nothing uses any more."""

    parts: int
    size: int
    unused: Sequence[Blob]


class PartStore(Protocol):
    """Part and chunk rows, inside one unit of work. Blob counts follow the parts.

    Parts are read in the generation in which their task stands.
    """

    def add(
        self,
        task: TaskNumber,
        generation: int,
        parts: Sequence[Part],
        organization: OrganizationNumber,
    ) -> Added:
        """Keep what a task wrote; a part is write-once by (task, generation, port, number)."""

    def of_task(self, task: TaskNumber) -> Sequence[Part]:
        """All that a task wrote, by port and number."""

    def page(self, task: TaskNumber, after: tuple[str, int] | None, limit: int) -> Sequence[Part]:
        """Some of what a task wrote, by port and number, behind a (port, number)."""

    def get(self, task: TaskNumber, port: str, number: int) -> Part | None:
        """One part."""

    def after(self, task: TaskNumber, port: str, number: int, limit: int) -> Sequence[Part]:
        """The parts of a port with this number and higher ones."""

    def numbered(self, task: TaskNumber, port: str, numbers: Sequence[int]) -> Sequence[Part]:
        """The parts of a port with these numbers."""

    def remove(self, task: TaskNumber, generation: int, port: str, first: int) -> Removed:
        """Delete the parts of a port with this number and higher ones."""

    def add_chunks(
        self, task: TaskNumber, generation: int, chunks: Mapping[int, ChunkState]
    ) -> None:
        """A chunk task has these more to do; one that is done had nothing in it."""

    def take_chunks(
        self, task: TaskNumber, generation: int, token: RunToken, limit: int
    ) -> Sequence[ChunkInHand]:
        """Give queued chunks to an attempt: the least tried ones, then the lowest numbers."""

    def in_hand(self, token: RunToken) -> Sequence[ChunkInHand]:
        """The chunks that an attempt has, by number."""

    def end_chunks(self, token: RunToken, numbers: Sequence[int]) -> Sequence[int]:
        """These are done; those of them that the attempt had."""

    def try_again(self, token: RunToken, number: int, *, for_good: bool) -> None:
        """One failed: it is queued again, or has failed for good."""

    def release(self, token: RunToken) -> None:
        """What an attempt has in hand is queued again."""

    def reopen(self, task: TaskNumber, generation: int) -> int:
        """Queue again whatever is not done; how many."""

    def drop_chunks(
        self, task: TaskNumber, generation: int, first: int
    ) -> Mapping[ChunkState, int]:
        """Forget the chunks with this number and higher ones; how many stood where."""
