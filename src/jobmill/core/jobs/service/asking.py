"""What a change of a review task means to people: a question is put to them, is taken back, or the
document goes on without them. In the transaction of the change.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.change import Change
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.lanes import Arrival
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.part_ports import ChunkState
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.states import TaskState
from jobmill.core.pipelines import Mode
from jobmill.core.reviews.model import NewReview, Outcome, Review


def asks_people(change: Change) -> bool:
    """Whether the change is about a review at all."""
    return any(task.review is not None for task in change.tasks)


def ask_people(work: UnitOfWork, change: Change, now: datetime) -> Sequence[Arrival]:
    """Open, withdraw, hand on; what the documents handed on mean to chunk tasks that read them."""
    arrivals: list[Arrival] = []
    for task in change.tasks:
        if task.review is None:
            continue
        standing = work.reviews.of_task(task.number)
        asked = task.state is TaskState.BLOCKED
        if standing is not None and not (asked and standing.generation == task.generation):
            _withdraw(work, change.graph, standing, now)
            standing = None
        if asked and standing is None:
            _open(work, change.graph, task, now)
        if task.state is TaskState.DONE:
            arrivals += _hand_on(work, change.graph, task)
    return arrivals


def _open(work: UnitOfWork, graph: JobGraph, task: Task, now: datetime) -> None:
    assert task.review is not None  # noqa: S101  who calls has looked
    route, job = graph.fed_by(task.name), graph.job
    port = graph.named(route.source).flow.ports[route.source_port]
    step, limit = task.review.step, task.review.time_limit_s
    new = NewReview(
        job.number,
        job.organization,
        task.number,
        task.generation,
        step,
        port.confidence,
        None if limit is None else now + timedelta(seconds=limit),
    )
    review = work.reviews.open(new, now)
    data = {"review": review.id, "step": step, "confidence": port.confidence}
    announce(work, job, [NewEvent(EventType.REVIEW_OPENED, task.name, data)], now)


def _withdraw(work: UnitOfWork, graph: JobGraph, review: Review, now: datetime) -> None:
    for unused in work.reviews.close(review.number, Outcome.WITHDRAWN, now):
        work.drop_blob(graph.job.organization, unused)
    data = {"review": review.id, "step": review.step, "outcome": Outcome.WITHDRAWN.value}
    announce(work, graph.job, [NewEvent(EventType.REVIEW_CLOSED, review.task_name, data)], now)


def _hand_on(work: UnitOfWork, graph: JobGraph, task: Task) -> list[Arrival]:
    """The document of a review that is done is its own part; without an answer, what it read."""
    if not work.parts.after(task.number, OUT, 0, 1):
        part = document_read(work, graph, task)
        work.parts.add(task.number, task.generation, [part], graph.job.organization)
    arrivals = []
    for route in graph.readers(task.name):
        reader = graph.named(route.target)
        if reader.mode is Mode.CHUNK:
            work.parts.add_chunks(reader.number, reader.generation, {0: ChunkState.QUEUED})
            arrivals.append(Arrival(reader.name, queued=1))
    return arrivals


def document_read(work: UnitOfWork, graph: JobGraph, task: Task) -> Part:
    """What a review reads, as the part that it hands on if nobody edits it."""
    route = graph.fed_by(task.name)
    read = work.parts.after(graph.named(route.source).number, route.source_port, 0, 1)[0]
    return replace(read, port=OUT, number=0)
