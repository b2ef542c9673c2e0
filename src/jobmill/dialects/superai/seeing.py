"""Jobs with all that their objects show, gathered in one view of the database."""

from collections.abc import Sequence
from dataclasses import replace

from jobmill.core.accounts import Principal
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.access import owns_job
from jobmill.core.jobs.marking import PLAIN, shown_mark
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
    """Jobs of a list. Whoever neither owns a job nor is an admin is not told how it came about:
    they could tell a calibration by it."""
    seen = seen_in(work, jobs, who)
    return [
        each if owns_job(who, each.job) else replace(each, batch=None, callback=None)
        for each in seen
    ]


def seen_in(work: UnitOfWork, jobs: Sequence[Job], who: Principal | None = None) -> list[SeenJob]:
    """All that there is to see; with `who` of their marks only what that one may."""
    marks = work.marks.of([job.number for job in jobs]) if jobs else {}
    batches = work.batches.ids([*{job.batch for job in jobs if job.batch is not None}])
    named = {(job.organization, job.pipeline) for job in jobs if job.pipeline is not None}
    apps = {each: app_id(work, *each) for each in named}
    found = []
    for job in jobs:
        mark = marks.get(job.number, PLAIN)
        mark = mark if who is None else shown_mark(mark, who)
        found.append(
            SeenJob(
                job,
                app=None if job.pipeline is None else apps[job.organization, job.pipeline],
                batch=None if job.batch is None else batches.get(job.batch),
                callback=None if job.callback is None else job.callback.url,
                mark=mark,
            )
        )
    return found


def app_id(work: UnitOfWork, organization: OrganizationNumber, name: str) -> str | None:
    """The id of the app that a pipeline's name stands for now."""
    found = find_pipeline(work.pipelines, organization, name)
    return None if found is None else found.id
