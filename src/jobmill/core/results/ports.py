"""Where results are kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import JobNumber, TaskNumber
from jobmill.core.results.model import Result


class ResultStore(Protocol):
    """Results by (task, generation, feature): writing one again replaces it."""

    def add(
        self,
        job: JobNumber,
        task: TaskNumber,
        generation: int,
        results: Iterable[Result],
        at: datetime,
    ) -> None:
        """Keep the results of one task."""

    def of_job(self, job: JobNumber) -> Sequence[Result]:
        """The results of the generation in which each task was last done."""
