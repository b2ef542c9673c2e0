"""What a dialect hands to the app, and how it is put on the shared port."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jobmill.core.errors import JobmillError
from jobmill.core.jobs.service.exports.shapes import JobShape
from jobmill.core.webhooks import Format

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's API. `routes` carry full paths; `unknown` answers every other path below
    `mount`, and `refusal` an error that a route has let through, in the vendor's error shape.
    `formats` are the vendor's own bodies and signatures of webhooks, `job_shapes` its ways to write
    jobs into an export; `beside` are further mounts
    of the same vendor."""

    name: str
    title: str
    mount: str
    routes: Sequence[BaseRoute]
    unknown: Callable[[Request], Awaitable[Response]]
    refusal: Callable[[JobmillError], Response] | None = None
    formats: Sequence[Format] = ()
    job_shapes: Sequence[JobShape] = ()
    beside: Sequence["Dialect"] = ()


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
        if path == dialect.mount or path.startswith(dialect.mount + "/"):
            found: Dialect = dialect
            return found
    return None
