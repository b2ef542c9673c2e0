"""What people do to the graph of a job that has not ended: a task more, a route more, a task less.

Pure functions, like those of `machine` and of `steering`.
"""

from dataclasses import replace
from datetime import datetime

from jobmill.core.errors import Conflict, GraphInvalid, TaskStarted
from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.change import Change, finish, moved
from jobmill.core.jobs.flow import OUT, PortFlow
from jobmill.core.jobs.model import JobGraph, Route, Task
from jobmill.core.jobs.starting import may_start
from jobmill.core.jobs.states import TaskState
from jobmill.core.pipelines import Mode

_ENDED_BADLY = (TaskState.FAILED, TaskState.SKIPPED, TaskState.CANCELLED)
_IDLE = (TaskState.WAITING, TaskState.READY)


def added(graph: JobGraph, task: Task, now: datetime) -> Change:
    """The task is new in the graph: it is queued, unless it awaits a route or the job is held."""
    event = NewEvent(EventType.TASK_ADDED, task.name, {"engine": task.engine})
    changed = []
    if graph.job.hold is None and may_start(graph, {t.name: t for t in graph.tasks}, task):
        changed.append(moved(task, TaskState.READY, ready_at=now))
    return finish(graph, changed, [event], now)


def routed(graph: JobGraph, route: Route, kept: PortFlow | None, now: datetime) -> Change:
    """The route is new in the graph. `kept`: what its source wrote before anybody counted it."""
    target = graph.named(route.target)
    awaits = {port: mode for port, mode in target.flow.awaits.items() if port != route.target_port}
    changed = [replace(target, flow=replace(target.flow, awaits=awaits))]
    if kept is not None:
        source = graph.named(route.source)
        ports = {**source.flow.ports, route.source_port: kept}
        changed.append(replace(source, flow=replace(source.flow, ports=ports)))
    data = {"from": f"{route.source}.{route.source_port}", "port": route.target_port}
    event = NewEvent(EventType.TASK_ROUTED, route.target, data)
    return finish(_with(graph, changed, route), changed, [event], now)


def _with(graph: JobGraph, changed: list[Task], route: Route) -> JobGraph:
    latest = {task.name: task for task in changed}
    tasks = tuple(latest.get(task.name, task) for task in graph.tasks)
    return replace(graph, tasks=tasks, routes=(*graph.routes, route))


def removed(graph: JobGraph, name: str, now: datetime) -> Change:
    """The task is no more; a job whose other tasks have all ended ends with that."""
    left = replace(
        graph,
        tasks=tuple(task for task in graph.tasks if task.name != name),
        lanes=tuple(lane for lane in graph.lanes if lane.lane_of != name),
        routes=tuple(route for route in graph.routes if route.target != name),
    )
    return finish(left, [], [NewEvent(EventType.TASK_REMOVED, name)], now)


def begun(graph: JobGraph, name: str) -> bool:
    """Whether a worker has ever had the task, or a lane of it."""
    lanes = graph.lanes_of(name)
    return any(lane.attempt or lane.state not in _IDLE for lane in lanes)


def check_removable(graph: JobGraph, name: str) -> None:
    """Raise TaskStarted, Conflict for a task that must stay."""
    if graph.named(name).review is not None:
        raise Conflict(f"The task {name} asks people, and what they said stays; cancel the job.")
    if begun(graph, name):
        raise TaskStarted(f"The task {name} has begun; cancel the job, or let it come to its end.")
    if graph.named(name).review is not None:
        raise Conflict(f"The task {name} asks people; it stays.")
    if graph.children(name):
        readers = ", ".join(sorted(graph.children(name)))
        raise Conflict(f"The task {name} feeds {readers}; remove what reads from it first.")
    if len(graph.tasks) == 1:
        raise Conflict("The job has no other task; delete the job.")


def check_route(graph: JobGraph, route: Route, *, kept: bool) -> None:
    """Raise for a route that would come too late for one of its ends.

    Parts may lie at its source's port (`kept`). Raises GraphInvalid, TaskStarted, Conflict.
    """
    target, source = graph.named(route.target), graph.named(route.source)
    if route.target_port not in target.flow.awaits:
        raise GraphInvalid(
            f"route.to: the task {target.name} awaits no route into its port "
            f"{route.target_port!r}; add a task that does.",
            field="route.to",
        )
    if source.state in _ENDED_BADLY:
        raise Conflict(f"The task {source.name} is {source.state.value}: nothing comes from it.")
    if begun(graph, source.name) and not (kept or _keeps(graph, source, route.source_port)):
        raise TaskStarted(
            f"The task {source.name} has begun, and keeps nothing at its port "
            f"{route.source_port!r}: routes out of it must be there before it begins.",
            field="route.from",
        )


def _keeps(graph: JobGraph, source: Task, port: str) -> bool:
    """Whether all that it writes to a port is kept, although it began without this reader. Of a
    chunk task that is what goes `out`, and what somebody reads."""
    if source.mode is Mode.CHUNK:
        return port == OUT or any(r.source_port == port for r in graph.readers(source.name))
    return source.state is not TaskState.DONE or port != OUT
