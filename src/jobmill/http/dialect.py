"""What a dialect hands to the app, and how it is put on the shared port."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jobmill.core.errors import JobmillError
from jobmill.core.jobs.service.exports.shapes import JobShape
from jobmill.core.webhooks import Format

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's API. `routes` carry full paths; `unknown` answers every other path below
    `mount`, and `refusal` an error that a route has let through, in the vendor's error shape.
    `formats` are the vendor's own bodies and signatures of webhooks, `job_shapes` its ways to write
    jobs into an export; `beside` are further mounts of the same vendor. `home` is the vendor's own
    base path, where that is not the mount."""

    name: str
    title: str
    mount: str
    routes: Sequence[BaseRoute]
    unknown: Callable[[Request], Awaitable[Response]]
    refusal: Callable[[JobmillError], Response] | None = None
    formats: Sequence[Format] = ()
    job_shapes: Sequence[JobShape] = ()
    beside: Sequence["Dialect"] = ()
    home: str = ""


class VendorHosts:
    """ASGI middleware: at a host name bound to a dialect, its vendor's own paths lead to its mount.
    All other paths stay as they are."""

    def __init__(
        self, app: ASGIApp, dialects: Sequence[Dialect], hosts: Sequence[tuple[str, str]]
    ) -> None:
        self.app = app
        named = {each.name: each for each in dialects}
        self._bound = {host: named[name] for name, host in hosts if name in named}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(self._moved(scope), receive, send)

    def _moved(self, scope: Scope) -> Scope:
        if scope["type"] != "http" or not self._bound:
            return scope
        host = Headers(scope=scope).get("host", "").lower()
        dialect = self._bound.get(host) or self._bound.get(host.rpartition(":")[0])
        path: str = scope["path"]
        if dialect is None or not dialect.home or not _below(path, dialect.home):
            return scope
        moved = dialect.mount + path.removeprefix(dialect.home)
        return {**scope, "path": moved, "raw_path": moved.encode()}


def _below(path: str, base: str) -> bool:
    return path == base or path.startswith(base + "/")


def mount_dialects(app: Starlette, dialects: Sequence[Dialect]) -> None:
    """Add the dialects' routes, and after all of them each one's answer for what it does not serve:
    a mount may lie below another's."""
    for dialect in dialects:
        app.router.routes += dialect.routes
    for dialect in dialects:
        for path in (dialect.mount, dialect.mount + "/{path:path}"):
            app.router.routes.append(Route(path, dialect.unknown, methods=METHODS))
    app.state.dialects = tuple(dialects)


def dialect_of(request: Request) -> Dialect | None:
    """The dialect whose mount the request's path lies under."""
    path = request.url.path
    for dialect in getattr(request.app.state, "dialects", ()):
        if _below(path, dialect.mount):
            found: Dialect = dialect
            return found
    return None
