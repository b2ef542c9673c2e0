"""How calls name a job."""

from jobmill_client.models import Job

JobRef = Job | str | int
"""A job, its id, or its number."""


def ref_of(job: JobRef) -> str:
    """As it stands in a path."""
    return job.id if isinstance(job, Job) else str(job)


def path_of(job: JobRef) -> str:
    """Where it is."""
    return f"jobs/{ref_of(job)}"
