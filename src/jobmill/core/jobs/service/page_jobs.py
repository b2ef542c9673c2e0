"""Pages of jobs by offset, on behalf of a caller."""

from collections.abc import Sequence
from dataclasses import replace

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork


def page_jobs(work: UnitOfWork, who: Principal, query: JobPage) -> Sequence[JobGraph]:
    """The jobs of a page that the caller sees."""
    who.require(Right.JOBS_READ)
    query = replace(query, organization=who.organization, seen_by=seen_by(who))
    found = (work.jobs.graph(number) for number in work.jobs.page(query))
    return [graph for graph in found if graph is not None]
