"""What of the job, task and engine paths is not served here, and what to use in its place."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from jobmill.dialects.aiware.edge.call import Handler, call_of, route
from jobmill.dialects.aiware.errors import NotServed

PULL = (
    "engines are run by the server's own workers; register one by its address: POST /api/v1/engines"
)
ABSENT: tuple[tuple[str, str, str], ...] = (
    (
        "GET",
        "/proc/job/{job}/performance",
        "proc/job/{JobID}/detail shows times; see also /metrics",
    ),
    ("POST", "/engine/instance/register", PULL),
    ("POST", "/engine/instance/{instance}/getwork", PULL),
    ("POST", "/engine/instance/{instance}/updatestatus", PULL),
    ("POST", "/engine/instance/{instance}/terminate", PULL),
)


def _refusing(fix: str) -> Handler:
    async def refuse(request: Request) -> Response:
        await call_of(request)
        raise NotServed(f"{request.url.path} is not served here: {fix}.")

    return refuse


ABSENT_ROUTES: list[BaseRoute] = [
    route(path, method, _refusing(fix)) for method, path, fix in ABSENT
]
