"""The job object, from the core's job and what hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jobmill.core.jobs.model import Job
from jobmill.core.jobs.states import ENDED_JOBS, JobState
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.states import STATUS
from jobmill.dialects.superai.mapping.times import moment_of

EXTRAS = "superai"
APP = "appId"


@dataclass(frozen=True, slots=True)
class SeenJob:
    """All that a job's object shows. `app` is the id of its pipeline as it is known now."""

    job: Job
    app: str | None = None
    batch: str | None = None
    correct: bool | None = None
    job_type: str = vendor.DEFAULT
    baseline: int | None = None


def job_object(seen: SeenJob) -> dict[str, Any]:
    """A job, without its output. `completed` is there from its end on, however it ended."""
    job = seen.job
    shown: dict[str, Any] = {
        "id": str(job.number),
        "completed": completed_of(job),
        "created": moment_of(job.created_at),
        "callbackUrl": None if job.callback is None else job.callback.url,
        "appId": app_of(job, seen.app),
        "status": STATUS[job.state],
        "input": input_of(job),
        "metadata": dict(job.metadata) or None,
        "tags": list(job.tags),
        "uuid": job.id,
        "correct": seen.correct,
        "jobType": seen.job_type,
        "batchId": seen.batch,
    }
    if seen.baseline is not None:
        shown["baselineId"] = seen.baseline
    return shown


def completed_of(job: Job) -> str | None:
    """When it ended; null before."""
    return moment_of(job.ended_at) if job.state in ENDED_JOBS else None


def app_of(job: Job, known: str | None) -> str:
    """The app of a job: what it was made for, be it renamed or gone since. One that was made
    elsewhere without a pipeline belongs to the app that its type would have."""
    kept: Mapping[str, Any] = job.extras.get(EXTRAS, {})
    return kept.get(APP) or known or type_app(job.type)


def type_app(kind: str) -> str:
    """The id that stands for jobs of a type without a pipeline."""
    return str(uuid5(NAMESPACE_URL, f"jobmill:type:{kind}"))


def input_of(job: Job) -> Any:
    """Its JSON; of a job on a file, the file as it was named."""
    given = dict(job.input)
    return given["json"] if set(given) == {"json"} else given


def ended(state: JobState) -> bool:
    """Whether nothing more happens."""
    return state in ENDED_JOBS
