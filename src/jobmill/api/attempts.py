"""Attempts at a job's tasks, and their logs."""

from typing import Annotated

from fastapi import Query

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.tasks import Attempt, AttemptPage, LogLine, LogPage
from jobmill.core.ids import AttemptId
from jobmill.core.jobs.service import attempt_log, job_attempts
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("attempts")


@router.get("/jobs/{job}/attempts", summary="List a job's attempts", responses=problems(404))
async def read_attempts(job: str, house: TheHouse, who: Caller) -> AttemptPage:
    """All attempts at all tasks, over all generations, oldest first."""
    attempts = await house.database.read(lambda work: job_attempts(work, who, job_ref(job)))
    return AttemptPage(items=[Attempt.of(attempt) for attempt in attempts], next=None)


@router.get("/attempts/{attempt}/log", summary="Read an attempt's log", responses=problems(404))
async def read_log(
    attempt: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> LogPage:
    """What the engine logged and printed, oldest first. Grows while the attempt runs."""
    after = 0 if query.cursor is None else decode_cursor(query.cursor, 1)[0]
    lines = await house.database.read(
        lambda work: attempt_log(work, who, AttemptId(attempt), after, query.limit + 1)
    )
    shown = lines[: query.limit]
    return LogPage(
        items=[LogLine.of(number, line) for number, line in shown],
        next=encode_cursor(shown[-1][0]) if len(lines) > query.limit else None,
    )
