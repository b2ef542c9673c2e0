"""Use cases on jobs, one module each: the only door for every transport and for the runtime."""

from jobmill.core.jobs.access import job_of_task, visible_job
from jobmill.core.jobs.service.attempts import (
    begin_attempts,
    fail_attempt,
    finish_attempt,
    note_attempt,
    note_live,
    recover_tasks,
    stop_attempt,
)
from jobmill.core.jobs.service.change_job import (
    cancel_job,
    delete_job,
    park_job,
    pause_job,
    restart_job,
    resume_job,
    retry_job,
    rewind_job,
    unpark_job,
)
from jobmill.core.jobs.service.chunk_results import ChunkFinding, job_chunk_results
from jobmill.core.jobs.service.describe_job import describe_job
from jobmill.core.jobs.service.expire_jobs import expire_jobs
from jobmill.core.jobs.service.extend_job import (
    NewTask,
    add_route,
    add_task,
    give_input,
    remove_task,
)
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.mark_job import mark_job
from jobmill.core.jobs.service.page_jobs import count_page, page_jobs, page_jobs_alone, page_tasks
from jobmill.core.jobs.service.purge_jobs import due_jobs, purge_job
from jobmill.core.jobs.service.read_attempts import (
    attempt_log,
    count_attempts,
    get_attempt,
    list_workers,
)
from jobmill.core.jobs.service.read_jobs import (
    JobView,
    JobWatch,
    get_job,
    job_attempts,
    job_events,
    job_outlook_basis,
    job_part,
    job_parts,
    job_results,
    list_jobs,
    summarise_jobs,
    view_of,
    watch_job,
)
from jobmill.core.jobs.service.recordings import (
    Recording,
    delete_recording,
    get_recording,
    list_recordings,
    recording_asset,
    recording_jobs,
)
from jobmill.core.jobs.service.share_job import (
    Collaborator,
    ShareView,
    job_collaborators,
    share_job,
    share_job_with_more,
    unshare_job,
)
from jobmill.core.jobs.service.submission import SubmitJob, Submitted
from jobmill.core.jobs.service.submit_job import submit_job

__all__ = [
    "ChunkFinding",
    "Collaborator",
    "JobInput",
    "JobView",
    "JobWatch",
    "NewTask",
    "Recording",
    "ShareView",
    "SubmitJob",
    "Submitted",
    "add_route",
    "add_task",
    "attempt_log",
    "begin_attempts",
    "cancel_job",
    "count_attempts",
    "count_page",
    "delete_job",
    "delete_recording",
    "describe_job",
    "due_jobs",
    "expire_jobs",
    "fail_attempt",
    "finish_attempt",
    "get_attempt",
    "get_job",
    "get_recording",
    "give_input",
    "job_attempts",
    "job_chunk_results",
    "job_collaborators",
    "job_events",
    "job_of_task",
    "job_outlook_basis",
    "job_part",
    "job_parts",
    "job_results",
    "list_jobs",
    "list_recordings",
    "list_workers",
    "mark_job",
    "note_attempt",
    "note_live",
    "page_jobs",
    "page_jobs_alone",
    "page_tasks",
    "park_job",
    "pause_job",
    "purge_job",
    "recording_asset",
    "recording_jobs",
    "recover_tasks",
    "remove_task",
    "restart_job",
    "resume_job",
    "retry_job",
    "rewind_job",
    "share_job",
    "share_job_with_more",
    "stop_attempt",
    "submit_job",
    "summarise_jobs",
    "unpark_job",
    "unshare_job",
    "view_of",
    "visible_job",
    "watch_job",
]
