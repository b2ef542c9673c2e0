"""Full-text search over jobs."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.steering import SearchHit, SearchPage
from jobmill.core.jobs.service.search import search_jobs
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("search")


class SearchQuery(PageQuery):
    """What to look for."""

    q: str = Field(
        max_length=500,
        description='Words that must all be there; "a phrase"; begin* for all that begin so.',
    )


@router.get("/search", summary="Search jobs", responses=problems())
async def search(
    query: Annotated[SearchQuery, Query()], house: TheHouse, who: Caller
) -> SearchPage:
    """Jobs by words in their names, tags, metadata and results, newest first.

    What a job finds can be searched within two seconds.
    """
    below = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(
        lambda work: search_jobs(work, who, query.q, below, query.limit + 1)
    )
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].job.number) if len(found) > query.limit else None
    return SearchPage(items=[SearchHit.of(each) for each in shown], next=following)
