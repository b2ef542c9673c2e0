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
from jobmill.core.jobs.service.purge_jobs import purge_due_jobs
from jobmill.core.jobs.service.read_jobs import (
    JobView,
    get_job,
    job_attempts,
    job_events,
    job_numbered,
    job_parts,
    job_results,
    list_jobs,
    summarise_jobs,
)
from jobmill.core.jobs.service.recordings import (
    Recording,
    delete_recording,
    get_recording,
    list_recordings,
    recording_asset,
    recording_jobs,
)
from jobmill.core.jobs.service.submit_job import JobInput, SubmitJob, Submitted, submit_job

__all__ = [
    "JobInput",
    "JobView",
    "Recording",
    "SubmitJob",
    "Submitted",
    "begin_attempts",
    "cancel_job",
    "delete_job",
    "delete_recording",
    "fail_attempt",
    "finish_attempt",
    "get_job",
    "get_recording",
    "job_attempts",
    "job_events",
    "job_numbered",
    "job_parts",
    "job_results",
    "list_jobs",
    "list_recordings",
    "note_attempt",
    "purge_due_jobs",
    "recording_asset",
    "recording_jobs",
    "recover_tasks",
    "restart_job",
    "retry_job",
    "stop_attempt",
    "submit_job",
    "summarise_jobs",
]
