"""What a job's document is made of, gathered in one view of the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.core.accounts import Principal, User
from jobmill.core.ids import JobId, UserNumber
from jobmill.core.items import Asset, HeldAsset
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_collaborators, job_parts, visible_job
from jobmill.core.jobs.service.reviews import ReviewView, open_reviews
from jobmill.core.jobs.states import JobState
from jobmill.dialects.innodata.job_types import type_of_job
from jobmill.dialects.innodata.mapping.contents import Content, Stock, contents_of, source_tasks
from jobmill.dialects.innodata.mapping.jobs import Blocking, SeenJob


def job_named(work: UnitOfWork, who: Principal, name: str) -> JobGraph:
    """The job of an id that the caller sees. Raises JobNotFound."""
    return visible_job(work, who, JobId(name.lower()))


def see_job(work: UnitOfWork, who: Principal, name: str, now: datetime) -> SeenJob:
    """One job with all its contents."""
    graph = job_named(work, who, name)
    owner = work.accounts.user(graph.job.owner)
    shares = job_collaborators(work, who, graph.job.id)
    waiting = reviews_of(work, who, graph, now)
    contents = _all_contents(work, who, graph, waiting)
    return SeenJob(graph, owner, shares, contents, _blocking(waiting))


def reviews_of(
    work: UnitOfWork, who: Principal, graph: JobGraph, now: datetime
) -> Sequence[ReviewView]:
    """What people are asked about a job now."""
    return open_reviews(work, who, [graph.job.number], now).get(graph.job.number, ())


def all_contents(work: UnitOfWork, who: Principal, graph: JobGraph, now: datetime) -> list[Content]:
    """What there is of a job now."""
    return _all_contents(work, who, graph, reviews_of(work, who, graph, now))


def _all_contents(
    work: UnitOfWork, who: Principal, graph: JobGraph, waiting: Sequence[ReviewView]
) -> list[Content]:
    kind, names = type_of_job(work, graph.job), {task.name for task in graph.tasks}
    parts = {task: job_parts(work, who, graph.job.id, task) for task in source_tasks(kind) & names}
    held = [] if graph.job.item is None else work.items.held([graph.job.item])
    reviews = {view.review.step: view.review.id for view in waiting}
    return contents_of(graph, kind, Stock(_input(work, graph), held, parts, reviews))


def _blocking(waiting: Sequence[ReviewView]) -> Blocking | None:
    if not waiting:
        return None
    view = waiting[0]
    if not view.claims:
        return Blocking(view.review.step)
    claim = view.claims[0]
    return Blocking(view.review.step, view.people.get(claim.user), claim.expires_at)


def see_jobs(
    work: UnitOfWork, who: Principal, graphs: Sequence[JobGraph], now: datetime
) -> list[SeenJob]:
    """Jobs of a list: input and output alone."""
    items = [graph.job.item for graph in graphs if graph.job.item is not None]
    held: dict[int, list[HeldAsset]] = {}
    for each in work.items.held(items) if items else ():
        held.setdefault(each.item, []).append(each)
    blocked = [graph.job.number for graph in graphs if graph.job.state is JobState.BLOCKED]
    waiting = open_reviews(work, who, blocked, now)
    owners = _users(work, {graph.job.owner for graph in graphs})
    seen = []
    for graph in graphs:
        stock = Stock(_input(work, graph), held.get(graph.job.item or 0, ()))
        contents = contents_of(graph, type_of_job(work, graph.job), stock)
        shares = job_collaborators(work, who, graph.job.id)
        blocking = _blocking(waiting.get(graph.job.number, ()))
        owner = owners[graph.job.owner]
        seen.append(SeenJob(graph, owner, shares, contents, blocking, whole=False))
    return seen


def _input(work: UnitOfWork, graph: JobGraph) -> Asset | None:
    return None if graph.job.asset is None else work.assets.get(graph.job.asset)


def _users(work: UnitOfWork, numbers: set[UserNumber]) -> Mapping[UserNumber, User | None]:
    return {number: work.accounts.user(number) for number in numbers}
