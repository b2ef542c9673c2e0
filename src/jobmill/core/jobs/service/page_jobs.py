"""Pages of jobs and of tasks by offset, on behalf of a caller."""

from collections.abc import Sequence
from dataclasses import replace

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.jobs.model import Job, JobGraph, Task
from jobmill.core.jobs.pages import JobPage, TaskPage
from jobmill.core.jobs.ports import UnitOfWork


def page_jobs(work: UnitOfWork, who: Principal, query: JobPage) -> Sequence[JobGraph]:
    """The jobs of a page that the caller sees."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    found = (work.jobs.graph(number) for number in work.jobs.page(query))
    return [graph for graph in found if graph is not None]


def page_jobs_alone(work: UnitOfWork, who: Principal, query: JobPage) -> Sequence[Job]:
    """The same without their tasks: quicker where nobody looks at these."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    return work.jobs.page_alone(query)


def count_page(work: UnitOfWork, who: Principal, query: JobPage) -> int:
    """How many jobs that the caller sees there are on all pages together."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    return work.jobs.page_size(query)


def page_tasks(
    work: UnitOfWork, who: Principal, query: TaskPage
) -> tuple[Sequence[tuple[JobGraph, Task]], int]:
    """The tasks of a page, of jobs that the caller sees, and how many there are on all pages."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    numbers = work.jobs.task_page(query)
    graphs = {job: work.jobs.graph(job) for job, _ in numbers}
    found = [(graph, graph.task(task)) for job, task in numbers if (graph := graphs[job])]
    return found, work.jobs.task_page_size(query)
