"""The transitions that people's answers make: a review is done, or work before it is done again.

Pure functions, like those of `machine`. Reviews open by themselves: see `starting`.
"""

from dataclasses import replace
from datetime import datetime

from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken
from jobmill.core.jobs.change import Change, finish, moved
from jobmill.core.jobs.flow import OUT, PortFlow
from jobmill.core.jobs.model import Failure, JobGraph, Task
from jobmill.core.jobs.states import ACTIVE_TASKS, TaskState
from jobmill.core.jobs.steering import anew, is_root


def answered(graph: JobGraph, task: Task, size: int, now: datetime) -> Change:
    """People have agreed on a document of so many bytes, which the review hands on."""
    flow = replace(task.flow, ports={OUT: PortFlow(1, size)})
    done = moved(task, TaskState.DONE, ended_at=now, flow=flow)
    return finish(graph, [done], [NewEvent(EventType.TASK_DONE, task.name, {"attempt": 0})], now)


def unanswered(graph: JobGraph, task: Task, failure: Failure, now: datetime) -> Change:
    """Nobody has answered in time, and nobody is asked any more."""
    failed = moved(task, TaskState.FAILED, ended_at=now, failure=failure)
    data = {"attempt": 0, "code": failure.code, "message": failure.message}
    return finish(graph, [failed], [NewEvent(EventType.TASK_FAILED, task.name, data)], now)


def ancestors(graph: JobGraph, name: str) -> set[str]:
    """The tasks on whose work this one stands."""
    found: set[str] = set()
    more = graph.parents(name)
    while more:
        found |= more
        more = {parent for each in more for parent in graph.parents(each)} - found
    return found


def sent_back(graph: JobGraph, to: str, now: datetime, event: NewEvent) -> Change:
    """An open job does one of its tasks again, and all that stands on it. The rest goes on.

    Attempts at what is done again are fenced off. The job's generation rises.
    """
    again = {to}
    while more := {child for name in again for child in graph.children(name)} - again:
        again |= more
    job = replace(graph.job, generation=graph.job.generation + 1)
    done = {
        task.name for task in graph.tasks if task.state is TaskState.DONE and task.name not in again
    }
    lanes = [lane for name in again for lane in graph.lanes_of(name)]
    held = tuple(
        lane.token for lane in lanes if lane.state in ACTIVE_TASKS and lane.token is not None
    )
    tasks = [
        anew(
            lane,
            job.generation,
            now,
            keep=False,
            ready=job.hold is None and is_root(graph, graph.named(lane.shown), done),
        )
        for lane in lanes
    ]
    change = finish(replace(graph, job=job), tasks, [event], now, released=_once(held))
    return replace(change, fenced=(*change.fenced, *held))


def _once(tokens: tuple[RunToken, ...]) -> tuple[RunToken, ...]:
    return tuple(dict.fromkeys(tokens))
