"""The routes of /api/ai, and the answers for what is not served there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jobmill.dialects.gentoo.errors import failure
from jobmill.dialects.gentoo.jobs import JOB_ROUTES
from jobmill.dialects.gentoo.recordings import RECORDING_ROUTES
from jobmill.dialects.gentoo.workflows import WORKFLOW_ROUTES


async def not_served(request: Request) -> Response:
    """Parts of the vendor's API that need its hardware."""
    return failure(
        501,
        "UNIMPLEMENTED",
        f"{request.url.path}: cores and live sources belong to the vendor's hardware and are not "
        "served. Send files to POST /api/ai/jobs.",
    )


async def unknown(request: Request) -> Response:
    """Every other path or method below the mount."""
    return failure(
        404,
        "NOT_FOUND",
        f"There is no {request.method} {request.url.path}. Served are jobs, workflows and "
        "recordings below /api/ai; see docs/dialects/gentoo.md.",
    )


_NOT_SERVED = ("/api/ai/cores", "/api/ai/live", "/api/ai/callbacks", "/api/cores", "/api/config")
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]

ROUTES: list[BaseRoute] = [
    *JOB_ROUTES,
    *WORKFLOW_ROUTES,
    *RECORDING_ROUTES,
    *(
        Route(path, not_served, methods=_ANY)
        for mount in _NOT_SERVED
        for path in (mount, mount + "/{rest:path}")
    ),
]
