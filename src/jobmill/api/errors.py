"""Refusals of the native API: from the core's error families to RFC 9457 problems."""

import http
from collections.abc import Mapping

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobmill.api.schemas.problem import MEDIA_TYPE, FieldProblem, Problem
from jobmill.core import errors
from jobmill.core.errors import JobmillError
from jobmill.http.refusals import install_refusals
from jobmill.http.request_id import request_id_of

STATUS: Mapping[type[JobmillError], int] = {
    errors.MalformedBody: 400,
    errors.UnsupportedBody: 415,
    errors.ChecksumMismatch: 460,
    errors.UnsupportedChecksum: 400,
    errors.UnsupportedTusVersion: 412,
    errors.InvalidInput: 422,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.VersionMismatch: 412,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.LimitExceeded: 429,
    errors.Unavailable: 503,
    errors.InternalError: 500,
}
HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="jobmill"'},
    503: {"Retry-After": "5"},
}


def install_errors(app: FastAPI) -> None:
    """Answer every error that no dialect answers."""
    install_refusals(app, problem_of)
    app.add_exception_handler(HTTPException, _of_routing)


def status_of(error: type[JobmillError]) -> int:
    """The status of an error: that of its nearest family."""
    return next((STATUS[family] for family in error.__mro__ if family in STATUS), 500)


def problem_of(request: Request, error: JobmillError) -> Response:
    """A core error as a problem."""
    return problem(
        request,
        status_of(type(error)),
        code=error.code,
        title=(type(error).__doc__ or "").strip().splitlines()[0],
        detail=error.message,
        field=error.field,
        fix=error.details.get("fix"),
        fields=error.details.get("fields"),
        headers=_again(error.details.get("retry_after")),
    )


def _again(seconds: int | None) -> Mapping[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def problem(
    request: Request,
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    field: str | None = None,
    fix: str | None = None,
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response; what is not known is left out."""
    body = Problem(
        type=f"urn:jobmill:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        field=field,
        fix=fix,
        errors=fields,
        request_id=request_id_of(request),
    )
    return Response(
        body.model_dump_json(exclude_none=True),
        status,
        {**HEADERS.get(status, {}), **(headers or {})},
        media_type=MEDIA_TYPE,
    )


async def _of_routing(request: Request, error: Exception) -> Response:
    """What the router itself refuses: an unknown path, a method that a path does not take."""
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class only
    path, method = request.url.path, request.method
    if error.status_code == http.HTTPStatus.NOT_FOUND:
        return problem(
            request,
            404,
            code="unknown_path",
            title="There is nothing at this path.",
            detail=f"{path} is not a path of this server.",
            fix="/openapi.json lists every path; paths have no slash at the end.",
        )
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = request.app.state.methods_at(path)
        return problem(
            request,
            405,
            code="method_not_allowed",
            title="This path does not take this method.",
            detail=f"{path} does not take {method}.",
            fix=f"Use {allowed}.",
            headers={"Allow": allowed},
        )
    return problem(
        request,
        error.status_code,
        code="refused",
        title=http.HTTPStatus(error.status_code).phrase,
        detail=str(error.detail),
        headers=error.headers,
    )
