"""`/metrics` for Prometheus: requests served here, jobs by state, how long tasks took.

Task times are read from the event log, so that tasks of other worker processes are seen too.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobmill.core.accounts.service.first import at_home
from jobmill.core.errors import NotAllowed
from jobmill.core.jobs import JobState
from jobmill.core.jobs.ports import EndedTask, UnitOfWork
from jobmill.http.auth import PROXY_HEADERS, loopback_peer, principal_of
from jobmill.http.house import House, house_of

TASK_BATCH = 5_000
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_TASK_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600)


class Metrics:
    """The figures of one process, in a registry of their own; tasks count from its start on."""

    def __init__(self, last_event: int) -> None:
        self._after = last_event
        self._one_at_a_time = asyncio.Lock()
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "jobmill_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "jobmill_http_request_seconds",
            "Time until an answer began.",
            ("route",),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._jobs = Gauge("jobmill_jobs", "Jobs by state.", ("state",), registry=self._registry)
        self._task_seconds = Histogram(
            "jobmill_task_seconds",
            "Time that ended tasks took, from their engine's start.",
            ("engine", "state"),
            buckets=_TASK_SECONDS,
            registry=self._registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    async def text(self, house: House) -> bytes:
        """All figures in the exposition format."""
        async with self._one_at_a_time:
            more = True
            while more:
                after = self._after
                jobs, ended = await house.database.read(
                    lambda work, after=after: _look(work, after)  # type: ignore[misc]
                )
                more = len(ended) == TASK_BATCH
                self._count(ended)
            for state in JobState:
                self._jobs.labels(state.value).set(jobs.get(state, 0))
            return generate_latest(self._registry)

    def _count(self, ended: Sequence[EndedTask]) -> None:
        for task in ended:
            self._after = task.event
            if task.seconds is not None:
                self._task_seconds.labels(task.engine, task.state.value).observe(task.seconds)


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
                route = getattr(scope.get("route"), "path", "unknown")
                lasted = time.perf_counter() - began
                metrics.answered(_method(scope), route, message["status"], lasted)
            await send(message)

        await self.app(scope, receive, counted)


async def metrics(request: Request) -> Response:
    """For holders of a key of the first organization, and for this machine itself: the figures
    are those of all organizations. Raises NotAuthenticated, NotAllowed."""
    through_proxy = any(name in request.headers for name in PROXY_HEADERS)
    if "authorization" in request.headers or through_proxy or not loopback_peer(request):
        who = await principal_of(request)
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


def _look(work: UnitOfWork, after: int) -> tuple[Mapping[JobState, int], Sequence[EndedTask]]:
    return work.figures.jobs_by_state(), work.figures.ended_tasks(after, TASK_BATCH)
