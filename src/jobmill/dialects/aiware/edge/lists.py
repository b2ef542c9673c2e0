"""What lists of jobs and tasks share: the filters of a query, and how an answer is wrapped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.pages import JobSpan
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.dialects.aiware.edge.call import page_in
from jobmill.dialects.aiware.edge.mapping.jobs import Around
from jobmill.dialects.aiware.edge.schema import STATUSES
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.times import moment_from


def around_of(work: UnitOfWork, call: Call) -> Around:
    """What details need beside the job."""
    organization = work.accounts.organization(call.who.organization)
    return Around(call.catalog.manifests(), organization.id if organization else "")


def list_answer(request: Request, found: Sequence[Any], count: int, **more: Any) -> Response:
    """A list as Edge wraps it; `count` is the total."""
    offset, limit = page_in(request)
    page = {"result": list(found), "count": count, "limit": limit, "offset": offset}
    return JSONResponse({**page, "success": True, **more})


def status_in(request: Request, name: str) -> str | None:
    """The status that a list asks for."""
    given = request.query_params.get(name)
    if given and given not in STATUSES:
        raise InvalidInput(f"{name}: write one of {', '.join(STATUSES)}.", field=name)
    return given or None


_SPANS: Sequence[tuple[str, str, bool]] = (
    ("CreatedAfter", "CreatedBefore", False),
    ("startTime", "endTime", False),
    ("modifiedAfter", "modifiedBefore", True),
)


def spans_in(request: Request) -> list[JobSpan]:
    """The filters by time, in Unix seconds or ISO 8601, in any case of letters."""
    given = {name.lower(): value for name, value in request.query_params.items()}
    found = []
    for after, before, by_update in _SPANS:
        since, until = _moment(given, after), _moment(given, before)
        if since or until:
            found.append(JobSpan(by_update, since, until))
    return found


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name.lower())
    if not text:
        return None
    at = moment_from(text)
    if at is None:
        raise InvalidInput(f"{name}: give a time in Unix seconds.", field=name)
    return at.astimezone(UTC)


def own_organization(work: UnitOfWork, call: Call, request: Request) -> bool:
    """Whether the list asks for the caller's organization: there are no others to see."""
    asked = request.query_params.get("organizationID")
    return not asked or asked.lower() == around_of(work, call).organization
