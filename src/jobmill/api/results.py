"""What a job's engines have found."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from pydantic_core import from_json

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.tasks import Result, ResultPage
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.service import job_chunk_results, job_results
from jobmill.http.house import House
from jobmill.http.paging import decode_place, encode_place

router = native_router("results")


class ResultsQuery(PageQuery):
    """Which results."""

    feature: list[str] = Field([], description="Only of these features; may be repeated.")
    task: list[str] = Field([], description="Only of these tasks; may be repeated.")

    def takes(self, task: str, feature: str | None) -> bool:
        """Whether they are asked for."""
        wanted = not self.feature or feature in self.feature
        return wanted and (not self.task or task in self.task)


@router.get("/jobs/{job}/results", summary="Get a job's results", responses=problems(404, 422))
async def read_results(
    job: str, query: Annotated[ResultsQuery, Query()], house: TheHouse, who: Caller
) -> ResultPage:
    """One document per feature, or per task that serves none; those that exist already.

    Behind them, in pages, what tasks that work chunk by chunk have found: a document per chunk, as
    soon as it is done.
    """
    after = None
    if query.cursor is not None:
        number, task = decode_place(query.cursor)
        after = task, number
    ref = job_ref(job)
    whole, (chunks, more) = await house.database.read(
        lambda work: (
            job_results(work, who, ref) if after is None else (),
            job_chunk_results(work, who, ref, after, query.limit, query.task),
        )
    )
    items = [Result.of(each) for each in whole if query.takes(each.task, each.feature)]
    for each in chunks:
        document = await _document(house, each.organization, each.part)
        if document is not None and query.takes(each.task, each.feature):
            items.append(Result.of_chunk(each, document))
    last = chunks[-1] if chunks else None
    return ResultPage(
        items=items, next=encode_place(last.part.number, last.task) if last and more else None
    )


async def _document(
    house: House, organization: OrganizationNumber, part: Part
) -> dict[str, object] | None:
    """The document in a part; None for one that holds another JSON value."""
    data: str | bytes = part.document or ""
    if part.blob is not None:
        pieces = await house.blobs.read(organization, part.blob.sha256)
        data = b"".join([piece async for piece in pieces])
    try:
        found = from_json(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
