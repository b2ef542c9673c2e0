"""One job's output: read it, put another in its place, and what was there before."""

from typing import Annotated

from fastapi import Query

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.programs import EditOutput, Output, OutputEdit, OutputEditPage
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.jobs.service.output import edit_output, job_output, output_edits
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("results")


@router.get("/jobs/{job}/output", summary="Get a job's output", responses=problems(404))
async def read_output(job: str, house: TheHouse, who: Caller) -> Output:
    """The one document that its program promises; 404 while there is none."""
    ref = job_ref(job)
    found = await house.database.read(lambda work: job_output(work, who, ref))
    return Output.of(found)


@router.put(
    "/jobs/{job}/output",
    summary="Edit a job's output",
    responses=problems(*WITH_BODY, 404, 409, 422),
)
async def write_output(job: str, body: EditOutput, house: TheHouse, who: Caller) -> Output:
    """Put another document in its place; it must satisfy the output schema. Those before it are
    kept: see `GET …/output/edits`."""
    ref, now = job_ref(job), house.clock.now()
    made = await house.database.write(lambda work: edit_output(work, who, ref, body.document, now))
    return Output.of(made)


@router.get(
    "/jobs/{job}/output/edits", summary="List edits of a job's output", responses=problems(404, 422)
)
async def read_edits(
    job: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> OutputEditPage:
    """What people put in the place of a job's output, the oldest first."""
    ref = job_ref(job)
    after = 0 if query.cursor is None else decode_cursor(query.cursor, 1)[0]
    found = await house.database.read(
        lambda work: output_edits(work, who, ref, after, query.limit + 1)
    )
    shown = found[: query.limit]
    more = encode_cursor(shown[-1].edit.number) if len(found) > query.limit else None
    return OutputEditPage(items=[OutputEdit.of(each) for each in shown], next=more)
