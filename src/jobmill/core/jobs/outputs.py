"""The outputs of jobs as records: what a job's program says, and what people made of it after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from jobmill.core.ids import JobNumber, UserNumber


@dataclass(frozen=True, slots=True)
class JobOutput:
    """One JSON document, as the output schema has it.

    `confidence` (0..1) is that of the engine; None for a person's, or where it said nothing.
    """

    document: Any
    confidence: float | None
    by: Literal["engine", "person"]
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutputEdit:
    """An output that somebody put in the place of the one before, in a generation of its job."""

    number: int
    generation: int
    user: UserNumber
    document: Any
    at: datetime


class OutputStore(Protocol):
    """Edits of outputs, inside one unit of work. They go with their job."""

    def add(
        self, job: JobNumber, generation: int, user: UserNumber, document: Any, at: datetime
    ) -> OutputEdit:
        """Keep one more."""

    def latest(self, job: JobNumber, generation: int) -> OutputEdit | None:
        """The one that counts, of this generation."""

    def of_job(self, job: JobNumber, after: int, limit: int) -> Sequence[OutputEdit]:
        """All of a job behind this number, the oldest first."""
