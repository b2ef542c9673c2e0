"""What a job's document is made of, gathered in one view of the database."""

from collections.abc import Mapping, Sequence

from jobmill.core.accounts import Principal, User
from jobmill.core.ids import JobId, UserNumber
from jobmill.core.items import Asset, HeldAsset
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_collaborators, job_parts, visible_job
from jobmill.dialects.innodata.job_types import type_of_job
from jobmill.dialects.innodata.mapping.contents import Content, Stock, contents_of, source_tasks
from jobmill.dialects.innodata.mapping.jobs import SeenJob


def job_named(work: UnitOfWork, who: Principal, name: str) -> JobGraph:
    """The job of an id that the caller sees. Raises JobNotFound."""
    return visible_job(work, who, JobId(name.lower()))


def see_job(work: UnitOfWork, who: Principal, name: str) -> SeenJob:
    """One job with all its contents."""
    graph = job_named(work, who, name)
    owner = work.accounts.user(graph.job.owner)
    shares = job_collaborators(work, who, graph.job.id)
    return SeenJob(graph, owner, shares, all_contents(work, who, graph))


def all_contents(work: UnitOfWork, who: Principal, graph: JobGraph) -> list[Content]:
    """What there is of a job now."""
    kind, names = type_of_job(work, graph.job), {task.name for task in graph.tasks}
    parts = {task: job_parts(work, who, graph.job.id, task) for task in source_tasks(kind) & names}
    held = [] if graph.job.item is None else work.items.held([graph.job.item])
    return contents_of(graph, kind, Stock(_input(work, graph), held, parts))


def see_jobs(work: UnitOfWork, who: Principal, graphs: Sequence[JobGraph]) -> list[SeenJob]:
    """Jobs of a list: input and output alone."""
    items = [graph.job.item for graph in graphs if graph.job.item is not None]
    held: dict[int, list[HeldAsset]] = {}
    for each in work.items.held(items) if items else ():
        held.setdefault(each.item, []).append(each)
    owners = _users(work, {graph.job.owner for graph in graphs})
    seen = []
    for graph in graphs:
        stock = Stock(_input(work, graph), held.get(graph.job.item or 0, ()))
        contents = contents_of(graph, type_of_job(work, graph.job), stock)
        shares = job_collaborators(work, who, graph.job.id)
        seen.append(SeenJob(graph, owners[graph.job.owner], shares, contents, whole=False))
    return seen


def _input(work: UnitOfWork, graph: JobGraph) -> Asset | None:
    return None if graph.job.asset is None else work.assets.get(graph.job.asset)


def _users(work: UnitOfWork, numbers: set[UserNumber]) -> Mapping[UserNumber, User | None]:
    return {number: work.accounts.user(number) for number in numbers}
