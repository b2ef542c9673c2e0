"""Use cases on jobs, one module each: the only door for every transport and for the runtime."""

from jobmill.core.jobs.service.attempts import (
    begin_attempts,
    fail_attempt,
    finish_attempt,
    note_attempt,
    recover_tasks,
    stop_attempt,
)
from jobmill.core.jobs.service.change_job import cancel_job, delete_job, restart_job, retry_job
from jobmill.core.jobs.service.purge_jobs import due_jobs, purge_job
from jobmill.core.jobs.service.read_jobs import (
    JobView,
    get_job,
    job_attempts,
    job_events,
    job_parts,
    job_results,
    list_jobs,
    summarise_jobs,
)
from jobmill.core.jobs.service.submit_job import JobInput, SubmitJob, Submitted, submit_job

__all__ = [
    "JobInput",
    "JobView",
    "SubmitJob",
    "Submitted",
    "begin_attempts",
    "cancel_job",
    "delete_job",
    "due_jobs",
    "fail_attempt",
    "finish_attempt",
    "get_job",
    "job_attempts",
    "job_events",
    "job_parts",
    "job_results",
    "list_jobs",
    "note_attempt",
    "purge_job",
    "recover_tasks",
    "restart_job",
    "retry_job",
    "stop_attempt",
    "submit_job",
    "summarise_jobs",
]
