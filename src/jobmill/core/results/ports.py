"""Where results are kept."""

from collections.abc import Iterable, Sequence, Set
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

    def among(self, jobs: Sequence[JobNumber]) -> Set[JobNumber]:
        """Which of these jobs (30,000 at most) have results."""

    def of_job(self, job: JobNumber) -> Sequence[Result]:
        """The results of the generation in which each task was last done."""
