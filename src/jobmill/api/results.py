"""What a job's engines have found."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.shared import Body
from jobmill.api.schemas.tasks import Result, ResultPage
from jobmill.core.jobs.service import job_results

router = native_router("results")


class ResultsQuery(Body):
    """Which results."""

    feature: list[str] = Field([], description="Only of these features; may be repeated.")
    task: list[str] = Field([], description="Only of these tasks; may be repeated.")


@router.get("/jobs/{job}/results", summary="Get a job's results", responses=problems(404))
async def read_results(
    job: str, query: Annotated[ResultsQuery, Query()], house: TheHouse, who: Caller
) -> ResultPage:
    """One document per feature, or per task that serves none; those that exist already."""
    results = await house.database.read(lambda work: job_results(work, who, job_ref(job)))
    return ResultPage(
        items=[
            Result.of(result)
            for result in results
            if (not query.feature or result.feature in query.feature)
            and (not query.task or result.task in query.task)
        ],
        next=None,
    )
