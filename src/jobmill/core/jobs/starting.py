"""What may start, and what may not go on: pure rules over the tasks' states and their parts.

See docs/decisions/0016-parts-routes-and-lanes.md, whose table this is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobmill.core.engines import FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken
from jobmill.core.jobs.flow import OUT, PortFlow
from jobmill.core.jobs.model import Failure, JobGraph, Task
from jobmill.core.jobs.states import ACTIVE_TASKS, ENDED_TASKS, TaskState, check_task
from jobmill.core.pipelines import Mode

_BEHIND = frozenset({TaskState.FAILED, TaskState.SKIPPED})
_IDLE = frozenset({TaskState.WAITING, TaskState.READY})
_QUEUED_OR_AT_WORK = ACTIVE_TASKS | {TaskState.READY}


@dataclass(slots=True)
class Following:
    """The tasks as they stand, and what has followed so far."""

    graph: JobGraph
    by_name: dict[str, Task]
    now: datetime
    changed: dict[str, Task] = field(default_factory=dict)
    events: list[NewEvent] = field(default_factory=list)
    fenced: list[RunToken] = field(default_factory=list)

    @property
    def free(self) -> bool:
        """Whether anything may start at all."""
        return self.graph.job.hold is None

    def move(self, task: Task, state: TaskState, **fields: object) -> None:
        """Put a task into another state; an attempt at it is fenced off."""
        check_task(task.state, state)
        if task.token is not None:
            self.fenced.append(task.token)
            fields |= {"token": None, "flow": replace(task.flow, read={}, taken=0)}
        moved = replace(task, state=state, **fields)  # type: ignore[arg-type]
        self.by_name[task.name] = self.changed[task.name] = moved

    def tell(self, event: EventType, task: Task, **data: object) -> None:
        """Something happened to a task."""
        self.events.append(NewEvent(event, task.shown, data))

    def lanes(self, name: str) -> list[Task]:
        """All lanes of a task, itself first."""
        further = (lane.name for lane in self.graph.lanes if lane.lane_of == name)
        return [self.by_name[each] for each in (name, *further)]

    def parents(self, name: str) -> list[Task]:
        return [self.by_name[parent] for parent in self.graph.parents(name)]


def follow(following: Following) -> None:
    """Let everything follow from how the tasks stand, until nothing more does."""
    more = True
    while more:
        more = False
        for task in following.graph.tasks:
            more = _one(following, task.name) or more


def _one(on: Following, name: str) -> bool:
    """Whether this task changed."""
    if on.graph.job.cancel_requested:
        return _stop(on, name)
    task = on.by_name[name]
    if task.state in ENDED_TASKS:
        return False
    before = len(on.changed), on.changed.get(name)
    parents = on.parents(name)
    if any(parent.state in _BEHIND for parent in parents):
        _skip(on, task)
    elif task.review is not None:
        _review(on, task, parents)
    elif task.mode is Mode.CHUNK and parents:
        return _chunks(on, task, parents)
    elif task.state is TaskState.WAITING:
        if on.free and may_start(on.graph, on.by_name, task):
            on.move(task, TaskState.READY, ready_at=on.now)
            on.tell(EventType.TASK_READY, task)
    elif task.state in _QUEUED_OR_AT_WORK and not may_run(on.graph, on.by_name, task):
        _put_back(on, task)
    return before != (len(on.changed), on.changed.get(name))


def _stop(on: Following, name: str) -> bool:
    """The job is being cancelled: what is not at work, or not any more, never will be."""
    idle = [lane for lane in on.lanes(name) if lane.state in _IDLE]
    for lane in idle:
        on.move(lane, TaskState.CANCELLED, ended_at=on.now, retry_at=None)
        if not lane.lane:
            on.tell(EventType.TASK_CANCELLED, lane)
    return bool(idle)


def _skip(on: Following, task: Task) -> None:
    """What stands behind a failure never comes to its end, whatever it has done already."""
    for lane in on.lanes(task.name):
        if lane.state not in ENDED_TASKS:
            on.move(lane, TaskState.SKIPPED, ended_at=on.now, retry_at=None)
    on.tell(EventType.TASK_SKIPPED, task)


def _review(on: Following, task: Task, parents: list[Task]) -> None:
    """People are asked as soon as what they shall look at is there; or they need not be asked."""
    if not all(parent.state is TaskState.DONE for parent in parents):
        if task.state is TaskState.BLOCKED:
            on.move(task, TaskState.WAITING, started_at=None)
    elif task.state is TaskState.WAITING and on.free:
        _ask(on, task)


def _ask(on: Following, task: Task) -> None:
    assert task.review is not None  # noqa: S101  who calls has looked
    route = on.graph.fed_by(task.name)
    port = on.by_name[route.source].flow.ports.get(route.source_port, PortFlow())
    if port.parts != 1:
        message = f"{route.source!r} left {port.parts} documents; a review is about exactly one."
        failure = Failure("not_one_document", message, task.name, FailureClass.INPUT)
        on.move(task, TaskState.FAILED, ended_at=on.now, failure=failure)
        data = {"attempt": 0, "code": failure.code, "message": failure.message}
        on.tell(EventType.TASK_FAILED, task, **data)
    elif task.review.asks(port.confidence):
        on.move(task, TaskState.BLOCKED, started_at=on.now)
    else:
        flow = replace(task.flow, ports={OUT: replace(port, rounds=1)})
        on.move(task, TaskState.DONE, started_at=on.now, ended_at=on.now, flow=flow)
        on.tell(EventType.REVIEW_PASSED, task, step=task.review.step,
                threshold=task.review.threshold, confidence=port.confidence)  # fmt: skip
        on.tell(EventType.TASK_DONE, task, attempt=0)


def _put_back(on: Following, task: Task) -> None:
    """What it reads from is not there any more: it begins again with the first part."""
    if task.state in ACTIVE_TASKS:
        reason = "what it reads from starts again"
        on.tell(EventType.TASK_RECOVERED, task,
                attempt=task.attempt, worker=task.worker, reason=reason)  # fmt: skip
    on.move(task, TaskState.WAITING, worker=None)


def may_start(graph: JobGraph, by_name: Mapping[str, Task], task: Task) -> bool:
    """Whether a task that is no chunk task could be queued now."""
    if task.flow.awaits:
        return False
    if _waits_for_all(task):
        return all(by_name[p].state is TaskState.DONE for p in graph.parents(task.name))
    return may_run(graph, by_name, task) and all(
        source.state is TaskState.DONE or source.flow.held(port) > 0
        for source, port in _sources(graph, by_name, task)
    )


def may_run(graph: JobGraph, by_name: Mapping[str, Task], task: Task) -> bool:
    """Whether a task that is no chunk task may go on: what it reads from is at work, or done.

    The parts of a chunk task stay as they are, whether one of its lanes works or not.
    """
    if _waits_for_all(task):
        return all(by_name[p].state is TaskState.DONE for p in graph.parents(task.name))
    return all(
        source.state in ACTIVE_TASKS
        or source.state is TaskState.DONE
        or (source.mode is Mode.CHUNK and source.state not in ENDED_TASKS)
        for source, _ in _sources(graph, by_name, task)
    )


def _waits_for_all(task: Task) -> bool:
    return task.mode is Mode.WHOLE or task.wait_for_parents


def _sources(
    graph: JobGraph, by_name: Mapping[str, Task], task: Task
) -> Iterator[tuple[Task, str]]:
    for route in graph.routes:
        if route.target == task.name:
            yield by_name[route.source], route.source_port


def _chunks(on: Following, task: Task, parents: list[Task]) -> bool:
    """As many lanes are queued as there are chunks for; the last chunk done ends the task."""
    lanes, all_done = on.lanes(task.name), all(p.state is TaskState.DONE for p in parents)
    if any(lane.state in ACTIVE_TASKS for lane in lanes):
        pass
    elif all_done and task.flow.done == chunks_of(on.graph, on.by_name, task):
        for lane in lanes:
            on.move(lane, TaskState.DONE, ended_at=on.now, retry_at=None, failure=None,
                    started_at=lane.started_at or on.now)  # fmt: skip
        on.tell(EventType.TASK_DONE, task, attempt=task.attempt)
        return True
    open_gate = on.free and (all_done or not task.wait_for_parents)
    ready = [lane for lane in lanes if lane.state is TaskState.READY]
    waiting = [lane for lane in lanes if lane.state is TaskState.WAITING]
    wanted = task.flow.queued if open_gate else 0
    for lane in waiting[: max(0, wanted - len(ready))]:
        on.move(lane, TaskState.READY, ready_at=on.now)
        if lane.lane == 0 and not any(each.attempt for each in lanes):
            on.tell(EventType.TASK_READY, task)
    for lane in ready[max(0, wanted) :]:
        on.move(lane, TaskState.WAITING)
    return False


def chunks_of(graph: JobGraph, by_name: Mapping[str, Task], task: Task) -> int:
    """How many parts there are for a chunk task to read, so far."""
    return sum(source.flow.held(port) for source, port in _sources(graph, by_name, task))
