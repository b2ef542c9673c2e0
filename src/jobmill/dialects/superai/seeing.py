"""Jobs with all that their objects show, gathered in one view of the database."""

from collections.abc import Sequence

from jobmill.core.accounts import Principal
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import visible_job
from jobmill.core.pipelines import find_pipeline
from jobmill.dialects.superai.mapping.jobs import SeenJob
from jobmill.dialects.superai.mapping.names import job_ref


def job_named(work: UnitOfWork, who: Principal, name: str) -> Job:
    """The job of an id or UUID that the caller sees. Raises JobNotFound."""
    return visible_job(work, who, job_ref(name)).job


def see_job(work: UnitOfWork, who: Principal, job: Job) -> SeenJob:
    """One job."""
    return see_jobs(work, who, [job])[0]


def see_jobs(work: UnitOfWork, who: Principal, jobs: Sequence[Job]) -> list[SeenJob]:
    """Jobs of a list."""
    return seen_in(work, jobs)


def seen_in(work: UnitOfWork, jobs: Sequence[Job]) -> list[SeenJob]:
    """The same for whoever owns them."""
    batches = work.batches.ids([*{job.batch for job in jobs if job.batch is not None}])
    named = {(job.organization, job.pipeline) for job in jobs if job.pipeline is not None}
    apps = {each: _app_id(work, *each) for each in named}
    return [
        SeenJob(
            job,
            None if job.pipeline is None else apps[job.organization, job.pipeline],
            None if job.batch is None else batches.get(job.batch),
        )
        for job in jobs
    ]


def _app_id(work: UnitOfWork, organization: OrganizationNumber, name: str) -> str | None:
    found = find_pipeline(work.pipelines, organization, name)
    return None if found is None else found.id
