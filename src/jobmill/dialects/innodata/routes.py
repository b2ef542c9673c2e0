"""The routes of both mounts, and the answer for what is not served there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from jobmill.core.errors import NotFound
from jobmill.dialects.innodata import (
    accounts,
    contents,
    documents,
    job_types,
    jobs,
    predictions,
    reviews,
)
from jobmill.dialects.innodata.envelope import Handler, answer, refused, route
from jobmill.dialects.innodata.schema import MOUNT, OLDER_MOUNT


async def status(request: Request) -> Response:
    """`GET status`: open to everybody."""
    return answer({"status": "ok"})


async def unknown(request: Request) -> Response:
    """Every other path or method below the mounts."""
    return refused(
        NotFound(
            f"There is no {request.method} {request.url.path}. Served are documents, jobs, "
            "job-types, users and teams; see docs/dialects/innodata.md."
        )
    )


TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("/status", "GET", status),
    ("/users/login", "POST", accounts.login),
    ("/users/me/api-keys", "POST", accounts.issue_keys),
    ("/users", "POST", accounts.create_user),
    ("/users", "GET", accounts.list_users),
    ("/users/{user}", "GET", accounts.read_user),
    ("/users/{user}", "PUT", accounts.update_user),
    ("/users/{user}", "DELETE", accounts.delete_user),
    ("/teams", "POST", accounts.create_team),
    ("/teams", "GET", accounts.list_teams),
    ("/teams/{team}", "GET", accounts.read_team),
    ("/teams/{team}", "PUT", accounts.update_team),
    ("/teams/{team}", "DELETE", accounts.delete_team),
    ("/documents", "POST", documents.create_document),
    ("/documents", "GET", documents.list_documents),
    ("/documents/{document}", "GET", documents.read_document),
    ("/documents/{document}", "DELETE", documents.delete_document),
    ("/documents/{document}/contents", "GET", documents.read_contents),
    ("/documents/{document}/contents", "PUT", documents.update_contents),
    ("/job-types", "GET", job_types.list_job_types),
    ("/job-types/{type:path}", "GET", job_types.read_job_type),
    ("/jobs", "POST", jobs.create_job),
    ("/jobs", "GET", jobs.list_jobs),
    ("/jobs/{job}", "GET", jobs.read_one),
    ("/jobs/{job}", "PUT", jobs.update),
    ("/jobs/{job}", "DELETE", jobs.delete),
    ("/jobs/{job}/cancel", "POST", jobs.cancel),
    ("/jobs/{job}/checkout", "POST", reviews.checkout),
    ("/jobs/{job}/checkin", "POST", reviews.checkin),
    ("/jobs/{job}/release", "POST", reviews.release),
    ("/jobs/{job}/rewind", "POST", reviews.rewind),
    ("/jobs/{job}/contents", "GET", contents.list_contents),
    ("/jobs/{job}/contents/{role}", "GET", contents.read_content),
    ("/jobs/{job}/contents/{role}", "PUT", contents.save_content),
    ("/jobs/{job}/contents/{role}/{number}", "GET", contents.read_content),
)


PREDICTIONS: tuple[tuple[str, str, Handler], ...] = (
    ("/ping", "GET", predictions.ping),
    ("/documents/input/", "POST", predictions.upload_input),
    ("/documents/input/{name}", "POST", predictions.upload_input),
    ("/documents/input/{name}", "GET", predictions.download_input),
    ("/documents/training/{domain}/{name}", "POST", predictions.upload_feedback),
    ("/documents/output/{name}", "GET", predictions.download_output),
    ("/reference/{domain}/{name}", "GET", predictions.predict),
    ("/reference/{domain}/{task}/status", "GET", predictions.status),
    ("/reference/{domain}/{task}/cancel", "GET", predictions.cancel),
)
"""Of the older API, below the older mount alone."""


def _below(mount: str, table: tuple[tuple[str, str, Handler], ...]) -> list[BaseRoute]:
    return [route(mount + path, method, handler) for path, method, handler in table]


ROUTES = _below(MOUNT, TABLE)
OLDER_ROUTES = [*_below(OLDER_MOUNT, PREDICTIONS), *_below(OLDER_MOUNT, TABLE)]
