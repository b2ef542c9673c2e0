"""Handlers of job types."""

from starlette.requests import Request
from starlette.responses import Response

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import InvalidInput, PipelineNotFound
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import find_pipeline, get_pipeline, list_pipelines
from jobmill.dialects.innodata.calls import caller_of
from jobmill.dialects.innodata.envelope import answer
from jobmill.dialects.innodata.mapping.job_types import JobType, bare_type, job_type_of
from jobmill.http.house import house_of


async def list_job_types(request: Request) -> Response:
    """`GET job-types`: the vendor's types, and the organization's own pipelines."""
    house, who = house_of(request), (await caller_of(request)).who
    found = await house.database.read(
        lambda work: list_pipelines(work.pipelines, who, builtin=True)
    )
    return answer({"job_types": [job_type_of(each).document() for each in found]})


async def read_job_type(request: Request) -> Response:
    """`GET job-types/{id}`: its steps, metadata fields and contents."""
    house, who = house_of(request), (await caller_of(request)).who
    name = request.path_params["type"]

    def look(work: UnitOfWork) -> JobType:
        try:
            return job_type_of(get_pipeline(work.pipelines, who, name))
        except PipelineNotFound:
            raise PipelineNotFound(f"There is no job type {name!r}.") from None

    return answer((await house.database.read(look)).document())


def wanted_type(work: UnitOfWork, who: Principal, name: str) -> JobType:
    """The type that a new job names, in any case. Raises InvalidInput."""
    who.require(Right.JOBS_WRITE)
    found = find_pipeline(work.pipelines, who.organization, name)
    found = found or find_pipeline(work.pipelines, who.organization, name.lower())
    if found is None:
        raise InvalidInput(
            f"type: there is no job type {name!r}; GET /job-types lists them.", field="type"
        )
    return job_type_of(found)


def type_of_job(work: UnitOfWork, job: Job) -> JobType:
    """The type of a job that is there; of one without a pipeline, only input and output."""
    found = find_pipeline(work.pipelines, job.organization, job.pipeline) if job.pipeline else None
    return bare_type(job.pipeline or job.type) if found is None else job_type_of(found)
