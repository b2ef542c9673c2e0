"""Jobs: create, get."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from jobmill.core.accounts import Principal
from jobmill.core.ids import JobId
from jobmill.core.jobs.service import JobInput, SubmitJob, get_job, submit_job
from jobmill.http.auth import principal_of
from jobmill.http.house import house_of

router = APIRouter(tags=["jobs"])
Caller = Annotated[Principal, Depends(principal_of)]


class Input(BaseModel):
    path: str | None = None
    url: str | None = None
    asset: str | None = None
    json_: Any = None


class CreateJob(BaseModel):
    input: Input
    features: list[str] = []
    tasks: list[dict[str, Any]] = []
    routes: list[dict[str, Any]] = []
    params: dict[str, Any] = {}


@router.post("/jobs", status_code=201)
async def create_job(body: CreateJob, request: Request, who: Caller) -> dict[str, Any]:
    """Create a job."""
    house = house_of(request)
    command = SubmitJob(
        input=JobInput(path=body.input.path, url=body.input.url, asset=body.input.asset),
        features=tuple(body.features),
        tasks=tuple(body.tasks),
        routes=tuple(body.routes),
        params=body.params,
    )
    now = house.clock.now()
    made = await house.database.write(
        lambda work: submit_job(work, house.outside, who, command, now)
    )
    job = made.graph.job
    return {"id": job.id, "number": job.number, "state": job.state}


@router.get("/jobs/{job}")
async def read_job(job: str, request: Request, who: Caller) -> dict[str, Any]:
    """One job."""
    house = house_of(request)
    view = await house.database.read(
        lambda work: get_job(work, house.outside.catalog, who, JobId(job), house.clock.now())
    )
    return {"id": view.graph.job.id, "state": view.graph.job.state}
