"""How far a producer may run ahead of those who read its parts. Pure.

It waits for readers that are at work, or could be at once; where nobody reads it writes on, since
parts lie on the disk. See docs/decisions/0016-parts-routes-and-lanes.md.
"""

from collections.abc import Collection, Iterator, Mapping

from jobmill.core.jobs.flow import PortFlow
from jobmill.core.jobs.model import JobGraph, Route, Task
from jobmill.core.jobs.states import ACTIVE_TASKS, ENDED_TASKS, TaskState
from jobmill.core.pipelines import Mode


def live_readers(graph: JobGraph, name: str) -> Iterator[Route]:
    """The routes out of a task whose readers begin before it has ended."""
    for route in graph.readers(name):
        target = graph.named(route.target)
        if target.mode is not Mode.WHOLE and not target.wait_for_parents:
            yield route


def is_live(graph: JobGraph, task: Task) -> bool:
    """Whether its parts are kept as they come, and not all at its end."""
    return task.mode is not Mode.WHOLE or any(live_readers(graph, task.shown))


def credit_of(graph: JobGraph, name: str, overdue: Collection[str] = ()) -> Mapping[str, int]:
    """By port that is read: the first number that may not be written yet.

    `overdue` are readers that could have started and did not: nobody waits for them.
    """
    credit: dict[str, int] = {}
    flow = graph.named(name).flow
    meets_again = _meets_again(graph, name)
    for route in live_readers(graph, name):
        port = flow.ports.get(route.source_port, PortFlow())
        place = None if meets_again else _place(graph, route, overdue)
        upto = (port.parts if place is None else place) + port.lead()
        credit[route.source_port] = min(upto, credit.get(route.source_port, upto))
    return credit


def hesitant(graph: JobGraph, name: str) -> set[str]:
    """The readers that are queued and not at work."""
    found = set()
    for route in live_readers(graph, name):
        lanes = graph.lanes_of(route.target)
        states = {lane.state for lane in lanes}
        if TaskState.READY in states and not states & ACTIVE_TASKS:
            found.add(route.target)
    return found


def _place(graph: JobGraph, route: Route, overdue: Collection[str]) -> int | None:
    """Up to where a reader has read; None when nobody has to wait for it."""
    lanes = graph.lanes_of(route.target)
    head = lanes[0]
    at_work = any(lane.state in ACTIVE_TASKS for lane in lanes)
    about_to = head.name not in overdue and any(
        lane.state is TaskState.READY and lane.retry_at is None for lane in lanes
    )
    if head.state in ENDED_TASKS or not (at_work or about_to):
        return None
    return head.flow.done if head.mode is Mode.CHUNK else head.flow.read.get(route.target_port, 0)


def _meets_again(graph: JobGraph, name: str) -> bool:
    """Whether two live ways lead out of a task to the same reader: waiting for one of them could
    keep the other, and with it both, waiting for ever."""
    seen: set[str] = set()
    open_ends = [name]
    while open_ends:
        for route in live_readers(graph, open_ends.pop()):
            if route.target in seen:
                return True
            seen.add(route.target)
            open_ends.append(route.target)
    return False
