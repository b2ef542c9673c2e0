"""Why something waits, said of every task that could run and does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.engines import EngineCatalog
from jobmill.core.jobs.model import JobGraph, Task, Worker
from jobmill.core.jobs.states import JobState, TaskState

LIVE_FOR = timedelta(seconds=15)
"""How long after its last heartbeat a worker still counts as alive."""


@dataclass(frozen=True, slots=True)
class WaitReason:
    """A stable code (`parents`, `retry_at`, `no_worker`, `engine_missing`, `limit`, `capacity`,
    `cancelling`) and a sentence."""

    code: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """The form that transports show."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Floor:
    """What is going on around a task: who works, and how busy each engine is."""

    workers: Sequence[Worker]
    running_by_engine: dict[str, int]
    ready_ahead: int
    ahead_cap: int = 1000


def wait_reason(
    task: Task, graph: JobGraph, floor: Floor | None, catalog: EngineCatalog, now: datetime
) -> WaitReason | None:
    """Why this task does not run now; None when it runs or has ended.

    The floor is needed for ready tasks only.
    """
    if task.state is TaskState.WAITING:
        open_parents = sorted(
            name
            for name in graph.parents(task.name)
            if graph.named(name).state is not TaskState.DONE
        )
        return WaitReason("parents", f"Waits for {', '.join(open_parents)}.")
    if task.state is not TaskState.READY or floor is None:
        return None
    if task.retry_at is not None and task.retry_at > now:
        return WaitReason("retry_at", f"Tries again at {task.retry_at.isoformat()}.")
    manifest = catalog.manifests().get(task.engine)
    if manifest is None:
        return WaitReason(
            "engine_missing", f"The engine {task.engine!r} is not installed any more."
        )
    if not floor.workers:
        return WaitReason("no_worker", f"No live worker serves the pool {task.pool!r}.")
    running = floor.running_by_engine.get(task.engine, 0)
    limit = manifest.concurrency and manifest.concurrency * len(floor.workers)
    if limit and running >= limit:
        return WaitReason("limit", f"The engine {task.engine!r} runs {running} of {limit} at most.")
    slots = sum(worker.slots for worker in floor.workers)
    ahead = (
        f"{floor.ready_ahead} or more"
        if floor.ready_ahead >= floor.ahead_cap
        else floor.ready_ahead
    )
    return WaitReason("capacity", f"Tasks ahead: {ahead}; slots at work: {slots}.")


def job_wait_reason(graph: JobGraph, reasons: dict[str, WaitReason]) -> WaitReason | None:
    """Why the job as a whole waits: the reason of its first ready task while none runs."""
    if graph.job.state is JobState.CANCELLING:
        return WaitReason("cancelling", "The engine is being stopped.")
    if graph.job.state not in (JobState.QUEUED, JobState.RUNNING):
        return None
    if any(task.state in (TaskState.STARTING, TaskState.RUNNING) for task in graph.tasks):
        return None
    ready = [task.name for task in graph.tasks if task.state is TaskState.READY]
    return reasons.get(ready[0]) if ready else None
