"""What a dialect hands to the app, and how it is put on the shared port."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's API. `routes` carry full paths; `unknown` answers every other path below
    `mount`, in the vendor's error shape."""

    name: str
    title: str
    mount: str
    routes: Sequence[BaseRoute]
    unknown: Callable[[Request], Awaitable[Response]]


def mount_dialect(app: Starlette, dialect: Dialect) -> None:
    """Add the dialect's routes, and its answer for what it does not serve."""
    app.router.routes += dialect.routes
    for path in (dialect.mount, dialect.mount + "/{path:path}"):
        app.router.routes.append(Route(path, dialect.unknown, methods=METHODS))
