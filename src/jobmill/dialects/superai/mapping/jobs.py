"""The job object, from the core's job and what hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jobmill.core.jobs.marking import PLAIN, JobKind, JobMark
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.states import ENDED_JOBS
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
    callback: str | None = None
    mark: JobMark = PLAIN


JOB_TYPE: Mapping[JobKind, str] = {
    JobKind.DEFAULT: vendor.DEFAULT,
    JobKind.ONBOARDING: vendor.ONBOARDING,
    JobKind.CALIBRATION: vendor.CALIBRATION,
}


def job_object(seen: SeenJob) -> dict[str, Any]:
    """A job, without its output. `completed` is there from its end on, however it ended."""
    job = seen.job
    shown: dict[str, Any] = {
        "id": str(job.number),
        "completed": completed_of(job),
        "created": moment_of(job.created_at),
        "callbackUrl": seen.callback,
        "appId": app_of(job, seen.app),
        "status": STATUS[job.state],
        "input": input_of(job),
        "metadata": dict(job.metadata) or None,
        "tags": list(job.tags),
        "uuid": job.id,
        "correct": seen.mark.correct,
        "jobType": JOB_TYPE[seen.mark.kind],
        "batchId": seen.batch,
    }
    if seen.mark.truth is not None:
        shown["baselineId"] = seen.mark.truth
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
