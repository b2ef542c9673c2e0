"""How the graph of a job that is there changes in its store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from jobmill.core.ids import AssetNumber, JobNumber, TaskNumber
from jobmill.core.items import Blob
from jobmill.core.jobs.flow import Flow
from jobmill.core.jobs.model import Job, Route, Task
from jobmill.core.pipelines import Plan


class GraphStore(Protocol):
    """Task and route rows of one job, inside one unit of work."""

    def add_task(
        self, job: Job, plan: Plan, flow: Flow, asset: AssetNumber | None, now: datetime
    ) -> Sequence[Task]:
        """One task with its lanes; all wait."""

    def add_route(self, job: JobNumber, route: Route) -> None:
        """One route."""

    def give_input(self, task: TaskNumber, given: Mapping[str, Any], asset: AssetNumber) -> None:
        """What a task works on from now on, in place of what the job does."""

    def remove_task(self, task: TaskNumber) -> Sequence[Blob]:
        """Remove a task (or a lane), what it left behind, and the routes into it; returns blobs
        nothing uses any more."""
