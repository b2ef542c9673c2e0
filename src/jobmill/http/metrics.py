"""`/metrics` for Prometheus, and the middleware that counts requests for it."""

import time

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobmill.core.accounts import Right
from jobmill.core.accounts.service.first import at_home
from jobmill.core.errors import NotAllowed
from jobmill.http.auth import from_this_machine, principal_of
from jobmill.http.figures import Metrics
from jobmill.http.house import house_of
from jobmill.http.routes import route_path


class CountRequests:
    """ASGI middleware: counts what is answered, by route and not by path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                metrics: Metrics = scope["app"].state.metrics
                route = route_path(scope) or "unknown"
                lasted = time.perf_counter() - began
                metrics.answered(_method(scope), route, message["status"], lasted)
            await send(message)

        await self.app(scope, receive, counted)


async def metrics(request: Request) -> Response:
    """For this machine itself, and for keys of the first organization that may read engines: the
    figures are those of all organizations. Raises NotAuthenticated, NotAllowed."""
    if "authorization" in request.headers or not from_this_machine(request):
        who = await principal_of(request)
        who.require(Right.ENGINES_READ)
        database = house_of(request).database
        if not await database.read(lambda work: at_home(work.accounts, who)):
            raise NotAllowed("The figures of all organizations are the first one's business.")
    figures: Metrics = request.app.state.metrics
    text = await figures.text(house_of(request))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


METRICS_ROUTES = [Route("/metrics", metrics)]
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _method(scope: Scope) -> str:
    """The method, when it is one that there may be a label for."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"
