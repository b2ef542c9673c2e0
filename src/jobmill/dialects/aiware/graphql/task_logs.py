"""What was logged at a task by all its attempts, as text: in a field, and whole at an address."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from jobmill.core.accounts import bearer_principal
from jobmill.core.errors import NotAuthenticated
from jobmill.core.jobs.model import Attempt
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_attempts
from jobmill.dialects.aiware.graphql.finding import task_named
from jobmill.dialects.aiware.mapping.times import text_of
from jobmill.http.auth import bearer_key
from jobmill.http.house import house_of

PATH = "/v3/tasks/{task}/log"
MOST_LINES = 20_000
"""Of one attempt."""


def log_lines(
    work: UnitOfWork, attempts: Sequence[Attempt], most: int, now: datetime
) -> Iterator[str]:
    """What the engine said in each attempt, and how that ended or stands: never nothing."""
    for attempt in attempts:
        for _, line in work.attempts.log(attempt.number, 0, most):
            yield f"{text_of(line.at)} {line.level} {line.text}"
        ending = f"attempt {attempt.attempt}: {attempt.state}"
        if attempt.failure is not None:
            ending += f" ({attempt.failure.code}: {attempt.failure.message})"
        yield f"{text_of(attempt.ended_at or now)} {ending}"


async def task_log(request: Request) -> Response:
    """`GET /v3/tasks/{id}/log`: where `Task.log.uri` leads."""
    house, token, now = house_of(request), bearer_key(request), house_of(request).clock.now()
    if token is None:
        raise NotAuthenticated("Send the token of the call that named this address.")

    def look(work: UnitOfWork) -> str:
        who = bearer_principal(work, token, now)
        seen = task_named(work, who, request.path_params["task"])
        every = job_attempts(work, who, seen.graph.job.number)
        own = [attempt for attempt in every if attempt.task == seen.task.name]
        return "".join(f"{line}\n" for line in log_lines(work, own, MOST_LINES, now))

    return PlainTextResponse(await house.database.read(look))


LOG_ROUTES: list[BaseRoute] = [Route(PATH, task_log, methods=["GET"])]
