"""Why something waits, said of every task that could run and does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.capacity.model import PLATFORM_POOL, Limit
from jobmill.core.engines import EngineCatalog
from jobmill.core.jobs.model import JobGraph, Task, Worker
from jobmill.core.jobs.states import ACTIVE_TASKS, Hold, JobState, TaskState
from jobmill.core.pipelines import Mode

LIVE_FOR = timedelta(seconds=15)
"""How long after its last heartbeat a worker still counts as alive."""
PAUSED = "The job is paused; resume it."
PARKED = "The job is parked; unpark it."


@dataclass(frozen=True, slots=True)
class WaitReason:
    """A stable code (`parents`, `parts`, `retry_at`, `no_worker`, `engine_missing`, `limit`,
    `capacity`, `pool_paused`, `paused`, `parked`, `cancelling`, `review`) and a sentence."""

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
    pool_paused: bool = False
    limits: Sequence[tuple[Limit, int]] = ()
    """The limits that concern it, each with how many of its tasks run."""


def wait_reason(
    task: Task, graph: JobGraph, floor: Floor | None, catalog: EngineCatalog, now: datetime
) -> WaitReason | None:
    """Why this task does not run now; None when it runs or has ended.

    The floor is needed for ready tasks only.
    """
    if task.state is TaskState.WAITING:
        return _waiting_reason(task, graph)
    if task.state is TaskState.BLOCKED and task.review is not None:
        step = task.review.step
        return WaitReason("review", f"Waits for somebody to answer its review (step {step!r}).")
    if task.state is not TaskState.READY or floor is None:
        return None
    if task.retry_at is not None and task.retry_at > now:
        return WaitReason("retry_at", f"Tries again at {task.retry_at.isoformat()}.")
    manifest = catalog.manifests().get(task.engine)
    if manifest is None and task.pool != PLATFORM_POOL:
        return WaitReason(
            "engine_missing", f"The engine {task.engine!r} is not installed any more."
        )
    concurrency = manifest.concurrency if manifest is not None else None
    return _floor_reason(task, floor, concurrency)


def _waiting_reason(task: Task, graph: JobGraph) -> WaitReason:
    if task.flow.awaits:
        ports = ", ".join(sorted(task.flow.awaits))
        return WaitReason("parents", f"Waits for a route into its port {ports}.")
    open_parents = sorted(
        name for name in graph.parents(task.name) if graph.named(name).state is not TaskState.DONE
    )
    if open_parents and _reads_on(task, graph):
        return WaitReason("parts", f"Waits for the next part of {', '.join(open_parents)}.")
    if open_parents:
        return WaitReason("parents", f"Waits for {', '.join(open_parents)}.")
    if graph.job.hold is Hold.PARKED:
        return WaitReason("parked", PARKED)
    return WaitReason("paused", PAUSED)


def _reads_on(task: Task, graph: JobGraph) -> bool:
    """Whether it begins with the parts of a task, and that one is at work."""
    if task.mode is Mode.WHOLE or task.wait_for_parents:
        return False
    parents = [graph.named(name) for name in graph.parents(task.name)]
    return any(p.state in ACTIVE_TASKS or (p.flow.ports and not p.ended_at) for p in parents)


def _floor_reason(task: Task, floor: Floor, concurrency: int | None) -> WaitReason:
    if floor.pool_paused:
        return WaitReason("pool_paused", f"The pool {task.pool!r} is paused.")
    if not floor.workers and task.pool != PLATFORM_POOL:
        return WaitReason("no_worker", f"No live worker serves the pool {task.pool!r}.")
    for limit, used in floor.limits:
        if used >= limit.running:
            return WaitReason("limit", f"{limit.running} at once is the limit of {limit.words}.")
    running = floor.running_by_engine.get(task.engine, 0)
    most = concurrency and concurrency * len(floor.workers)
    if most and running >= most:
        return WaitReason("limit", f"The engine {task.engine!r} runs {running} of {most} at most.")
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
    if graph.job.state is JobState.PARKED:
        return WaitReason("parked", PARKED)
    if graph.job.state is JobState.PAUSED:
        going = sum(task.state in ACTIVE_TASKS for task in graph.tasks)
        return WaitReason("paused", f"{PAUSED} Tasks that still run: {going}." if going else PAUSED)
    if graph.job.state is JobState.BLOCKED:
        asked = (task.name for task in graph.tasks if task.state is TaskState.BLOCKED)
        return reasons.get(next(asked))
    if graph.job.state not in (JobState.QUEUED, JobState.RUNNING):
        return None
    if any(task.state in (TaskState.STARTING, TaskState.RUNNING) for task in graph.tasks):
        return None
    ready = [task.name for task in graph.tasks if task.state is TaskState.READY]
    return reasons.get(ready[0]) if ready else None
