"""The native API in sections, named by the word that follows /api/v1 in a path.

A section is imported and built when it is first asked for: most servers are asked for few, and
building all of them would be a third of the time that a start takes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import Receive, Scope, Send

from jobmill.api.schemas.jobs import PREFIX

PACKAGE = "jobmill.api"
SECTIONS: Mapping[str, Sequence[str]] = {
    "": ["index"],
    "jobs": [
        "jobs",
        "job_actions",
        "tasks",
        "attempts",
        "events",
        "results",
        "outputs",
        "collaborators",
        "job_exports",
        "reviews",
    ],
    "reviews": ["reviews"],
    "attempts": ["attempts", "attempt_access"],
    "assets": ["asset_links", "assets", "asset_content"],
    "data": ["asset_content"],
    "engines": ["engines"],
    "features": ["engines"],
    "pipelines": ["quality", "pipelines"],
    "ground-truths": ["ground_truths"],
    "endpoints": ["endpoints", "deliveries"],
    "deliveries": ["deliveries"],
    "watches": ["watches"],
    "workers": ["workers"],
    "batches": ["batches"],
    "bulk": ["bulk"],
    "exports": ["exports"],
    "pools": ["pools"],
    "limits": ["pools"],
    "search": ["search"],
    "me": ["sessions"],
    "organizations": ["organizations"],
    "users": ["users"],
    "teams": ["teams"],
    "keys": ["keys"],
    "login": ["login", "sign_in"],
    "logout": ["login"],
}
"""The modules of each section; every one of them has a `router`."""


class Sections(BaseRoute):
    """Everything below /api/v1 that a section answers for, as one route of the app."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """By the word alone: what is not in the section is the section's to refuse."""
        known = scope["type"] == "http" and section_of(scope["path"]) is not None
        return Match.FULL if known else Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the section answer."""
        word = section_of(scope["path"])
        assert word is not None  # noqa: S101  matches() has found it
        await section(word)(scope, receive, send)


def section_of(path: str) -> str | None:
    """The name of the section that a path lies in."""
    if path != PREFIX and not path.startswith(f"{PREFIX}/"):
        return None
    word = path[len(PREFIX) + 1 :].partition("/")[0]
    return word if word in SECTIONS else None


@cache
def section(word: str) -> Router:
    """The routes of a section, loaded now unless they have been before."""
    return Router(list(_routes(SECTIONS[word])), redirect_slashes=False)


def every_route() -> list[Route]:
    """The routes of all sections, each once, in the order of the documentation."""
    return list(_routes(dict.fromkeys(name for names in SECTIONS.values() for name in names)))


def _routes(modules: Iterable[str]) -> Iterator[Route]:
    for name in modules:
        router: APIRouter = import_module(f"{PACKAGE}.{name}").router
        yield from (route for route in router.routes if isinstance(route, Route))
