"""Whether the server lives and can take work: for operators and their machines, without a key."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobmill.core.errors import JobmillError
from jobmill.http.house import house_of


async def healthz(request: Request) -> Response:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """200 when the database answers; 503 before and otherwise."""
    if not request.app.state.ready:
        return JSONResponse({"status": "starting"}, 503)
    try:
        await house_of(request).database.read(lambda work: work.workers.holders())
    except JobmillError as error:
        return JSONResponse({"status": error.message}, 503)
    return JSONResponse({"status": "ready"})


HEALTH_ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz)]
