"""Puts the native API on the app."""

from collections.abc import Iterable

from fastapi import FastAPI
from starlette.routing import Route, compile_path

from jobmill.api.errors import install_errors, problem_of
from jobmill.api.openapi import describe
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.sections import Sections, every_route, section, section_of
from jobmill.http.links import link_routes
from jobmill.http.tus import tus_routes

AT_ONCE = "jobs"
"""What nearly every caller asks for is there when the server says that it is ready."""


def mount_api(app: FastAPI) -> None:
    """Add every native route, the answers to errors, and the description of both."""
    plain = [*tus_routes(PREFIX, problem_of), *link_routes(PREFIX)]
    app.router.routes += [Sections(), *plain]
    section(AT_ONCE)

    def methods_at(path: str) -> str:
        """The methods that a path takes, for the Allow header."""
        word = section_of(path)
        return _methods(path, plain if word is None else section(word).routes)

    app.state.methods_at = methods_at
    install_errors(app)
    describe(app, every_route)


def _methods(path: str, routes: Iterable[object]) -> str:
    paths = [
        (compile_path(route.path)[0], route.methods or set())
        for route in routes
        if isinstance(route, Route)
    ]
    # A path without variables is what was meant, although another one fits as well.
    exact = [methods for regex, methods in paths if regex.pattern == f"^{path}$"]
    every = exact or [methods for regex, methods in paths if regex.match(path)]
    found = {method for methods in every for method in methods}
    return ", ".join(sorted(found)) or "GET"
