"""The transitions of parts and of chunk tasks: what came, what an attempt at some chunks made of
them. Pure functions, like those of `machine`.

A chunk task's counts stand at lane 0 (`queued`, `done`) and at each lane (`taken`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobmill.core.engines import Failed, Progress
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken
from jobmill.core.jobs.change import Change, finish, moved
from jobmill.core.jobs.flow import PortFlow
from jobmill.core.jobs.model import Failure, JobGraph, Task
from jobmill.core.jobs.progress import merge_progress
from jobmill.core.jobs.states import ENDED_TASKS, TaskState
from jobmill.core.pipelines import Mode

PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of one task: new parts (`ports`: how many, how many bytes), and of the chunks that
    it has to do, how many were `queued` or `done`; `lane` had them in hand. `confidence`: how sure
    of itself the least sure document is, by port, where a review reads it."""

    task: str
    ports: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    queued: int = 0
    done: int = 0
    lane: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict)


def parts_came(graph: JobGraph, arrivals: Sequence[Arrival], now: datetime) -> Change:
    """Parts are kept: whoever reads them may start, or has more to do."""
    by_name = {task.name: task for task in (*graph.tasks, *graph.lanes)}
    changed: dict[str, Task] = {}
    for arrival in arrivals:
        for task in _with(by_name, arrival):
            by_name[task.name] = changed[task.name] = task
    for name in {arrival.task for arrival in arrivals if arrival.queued or arrival.done}:
        by_name[name] = changed[name] = _counted(by_name, name, graph, now)
    return finish(graph, list(changed.values()), [], now)


def _with(by_name: Mapping[str, Task], arrival: Arrival) -> list[Task]:
    task = by_name[arrival.task]
    flow = task.flow
    if arrival.ports:
        ports = {
            port: flow.ports.get(port, PortFlow())
            .plus(*more)
            .as_sure_as(arrival.confidence.get(port))
            for port, more in arrival.ports.items()
        }
        flow = replace(flow, ports={**flow.ports, **ports})
    flow = replace(flow, queued=flow.queued + arrival.queued, done=flow.done + arrival.done)
    if arrival.lane is None:
        return [replace(task, flow=flow)]
    if arrival.lane == task.name:
        return [replace(task, flow=replace(flow, taken=flow.taken - arrival.done))]
    lane = by_name[arrival.lane]
    less = replace(lane, flow=replace(lane.flow, taken=lane.flow.taken - arrival.done))
    return [replace(task, flow=flow), less]


def _counted(by_name: Mapping[str, Task], name: str, graph: JobGraph, now: datetime) -> Task:
    """The progress of a chunk task: parts done of parts there are."""
    task = by_name[name]
    taken = sum(by_name[lane.name].flow.taken for lane in graph.lanes_of(name))
    total = task.flow.done + task.flow.queued + taken
    report = Progress(None, float(task.flow.done), float(total), PARTS)
    return replace(task, progress=merge_progress(task.progress, [report], now))


def given_back(graph: JobGraph, lanes: Sequence[Task]) -> list[Task]:
    """Tasks whose attempts are over: the chunks that they had in hand are queued again."""
    changed = {lane.name: lane for lane in lanes}
    for lane in lanes:
        if lane.flow.taken:
            mine = changed[lane.name]
            changed[lane.name] = replace(mine, flow=replace(mine.flow, taken=0))
            head = changed.get(lane.shown) or graph.named(lane.shown)
            queued = head.flow.queued + lane.flow.taken
            changed[head.name] = replace(head, flow=replace(head.flow, queued=queued))
    return list(changed.values())


def batch_done(graph: JobGraph, lane: Task, seconds: float, chunks: int, now: datetime) -> Change:
    """An attempt is through with its chunks; the lane waits for more."""
    assert lane.token is not None  # noqa: S101  it has just been fenced
    idle = moved(lane, TaskState.WAITING, token=None, worker=None, failures=0, failure=None)
    changed = {each.name: each for each in given_back(graph, [idle])}
    head = changed.get(lane.shown) or graph.named(lane.shown)
    changed[head.name] = replace(head, flow=head.flow.learnt(chunks, seconds))
    return finish(graph, list(changed.values()), [], now, released=(lane.token,))


def batch_failed(
    graph: JobGraph, lane: Task, failed: Failed, delay: timedelta | None, now: datetime
) -> Change:
    """An attempt at chunks failed: the lane tries again after a while, or (None) the task fails."""
    assert lane.token is not None  # noqa: S101  it has just been fenced
    if delay is None:
        return _task_failed(graph, lane, failed, now)
    state = TaskState.READY if graph.job.hold is None else TaskState.WAITING
    again = moved(lane, state, token=None, worker=None, failures=lane.failures + 1, ready_at=now,
                  retry_at=now + delay)  # fmt: skip
    at = again.retry_at.isoformat() if again.retry_at else None
    data = {"attempt": lane.attempt, "code": failed.code, "message": failed.message, "retry_at": at}
    event = NewEvent(EventType.TASK_RETRYING, lane.shown, data)
    return finish(graph, given_back(graph, [again]), [event], now, released=(lane.token,))


def _task_failed(graph: JobGraph, lane: Task, failed: Failed, now: datetime) -> Change:
    """A chunk failed for good: no lane goes on."""
    failure = Failure(failed.code, failed.message, lane.shown, failed.failure)
    ended, fenced = [], []
    for each in graph.lanes_of(lane.shown):
        if each.state in ENDED_TASKS:
            continue
        if each.token is not None and each.name != lane.name:
            fenced.append(each.token)
        state = TaskState.SKIPPED if each.lane else TaskState.FAILED
        ended.append(
            moved(
                each,
                state,
                token=None,
                ended_at=now,
                retry_at=None,
                failure=None if each.lane else failure,
                flow=replace(each.flow, taken=0),
            )
        )
    data = {"attempt": lane.attempt, "code": failure.code, "message": failure.message}
    event = NewEvent(EventType.TASK_FAILED, lane.shown, data)
    tokens = (*fenced, *((lane.token,) if lane.token is not None else ()))
    change = finish(graph, ended, [event], now, released=tokens)
    return replace(change, fenced=(*change.fenced, *fenced))


def chunk_failed(
    graph: JobGraph, lane: Task, failed: Failed, now: datetime, *, for_good: bool
) -> Change:
    """The engine gave one chunk up: it is queued again, or the task has failed."""
    if for_good:
        change = _task_failed(graph, lane, failed, now)
        own = (lane.token,) if lane.token is not None else ()
        return replace(change, fenced=(*change.fenced, *own))
    less = replace(lane, flow=replace(lane.flow, taken=lane.flow.taken - 1))
    head = less if not lane.lane else graph.named(lane.shown)
    more = replace(head, flow=replace(head.flow, queued=head.flow.queued + 1))
    return finish(graph, [more] if not lane.lane else [less, more], [], now)


@dataclass(slots=True)
class Rewriting:
    """What goes because a producer repeated other bytes: parts by (task, port), chunks by task and
    state; and which tasks read `again` from the first part."""

    ports: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    chunks: dict[str, dict[str, int]] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)

    def take(self, task: str, port: str, parts: int, size: int) -> None:
        """Parts of a port are gone."""
        before = self.ports.get((task, port), (0, 0))
        self.ports[task, port] = before[0] + parts, before[1] + size

    def drop(self, task: str, chunks: Mapping[str, int]) -> None:
        """Chunks of a task are gone."""
        before = self.chunks.get(task, {})
        self.chunks[task] = {state: before.get(state, 0) + n for state, n in chunks.items()}


def rewritten(graph: JobGraph, gone: Rewriting, now: datetime) -> Change:
    """Forget what is gone. Attempts that worked on it are fenced off."""
    changed: dict[str, Task] = {}
    fenced: list[RunToken] = []

    def standing(name: str) -> Task:
        return changed.get(name) or graph.named(name)

    for name in _reading_again(graph, gone.again):
        task = graph.named(name)
        fenced += [task.token] if task.token is not None else []
        changed[name] = moved(task, TaskState.WAITING, token=None, worker=None, ended_at=None,
                              flow=replace(task.flow, read={}))  # fmt: skip
    for name, dropped in gone.chunks.items():
        lanes = graph.lanes_of(name)
        queued = sum(lane.flow.taken for lane in lanes) - dropped["taken"] - dropped["queued"]
        for lane in lanes:
            if lane.token is not None:
                fenced.append(lane.token)
                lane = moved(lane, TaskState.WAITING, token=None, worker=None)
            changed[lane.name] = replace(lane, flow=replace(lane.flow, taken=0))
        flow = standing(name).flow
        less = replace(flow, queued=flow.queued + queued, done=flow.done - dropped["done"])
        changed[name] = replace(standing(name), flow=less)
    for (name, port), (parts, size) in gone.ports.items():
        task = standing(name)
        held = task.flow.ports.get(port, PortFlow())
        held = replace(held.plus(-parts, -size), rounds=held.rounds + 1)
        changed[name] = replace(
            task, flow=replace(task.flow, ports={**task.flow.ports, port: held})
        )
    change = finish(graph, list(changed.values()), [], now, released=tuple(fenced))
    return replace(change, fenced=(*change.fenced, *fenced))


def _reading_again(graph: JobGraph, names: set[str]) -> set[str]:
    """With whatever has begun behind one that was done already."""
    found: set[str] = set()
    open_ends = set(names)
    while open_ends:
        name = open_ends.pop()
        task = graph.named(name)
        if name in found or task.state in (TaskState.WAITING, *ENDED_TASKS - {TaskState.DONE}):
            continue
        found.add(name)
        if task.state is TaskState.DONE:
            open_ends |= {c for c in graph.children(name) if graph.named(c).mode is not Mode.CHUNK}
    return found
