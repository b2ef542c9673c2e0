"""Operations in the vendor's words."""

from typing import Any

from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.progress import job_percent
from jobmill.core.jobs.states import JobState
from jobmill.dialects.superai.mapping.jobs import completed_of
from jobmill.dialects.superai.mapping.states import STATUS
from jobmill.dialects.superai.mapping.times import moment_of


def operation_object(graph: JobGraph, app: str) -> dict[str, Any]:
    """What is known of work in the background; its statuses are those of jobs."""
    job = graph.job
    return {
        "id": job.number,
        "status": STATUS[job.state],
        "appId": app,
        "type": job.type,
        "created": moment_of(job.created_at),
        "completed": completed_of(job),
        "progress": job_percent(graph.tasks, completed=job.state is JobState.COMPLETED),
    }
