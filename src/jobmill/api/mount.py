"""Puts the native API on the app."""

from fastapi import APIRouter, FastAPI
from starlette.routing import Route, compile_path

from jobmill.api import (
    asset_content,
    asset_links,
    assets,
    attempts,
    batches,
    bulk,
    collaborators,
    deliveries,
    endpoints,
    engines,
    events,
    index,
    job_actions,
    jobs,
    keys,
    organizations,
    pipelines,
    pools,
    results,
    search,
    sessions,
    sign_in,
    tasks,
    teams,
    users,
    watches,
    workers,
)
from jobmill.api.errors import install_errors, problem_of
from jobmill.api.openapi import describe
from jobmill.api.schemas.jobs import PREFIX
from jobmill.http.links import link_routes
from jobmill.http.tus import tus_routes

MODULES = (
    index,
    jobs,
    job_actions,
    tasks,
    attempts,
    events,
    results,
    asset_links,
    assets,
    asset_content,
    engines,
    pipelines,
    endpoints,
    deliveries,
    watches,
    workers,
    batches,
    bulk,
    pools,
    search,
    collaborators,
    sessions,
    organizations,
    users,
    teams,
    keys,
)


def mount_api(app: FastAPI) -> None:
    """Add every native route, the answers to errors, and the description of both."""
    routers: list[APIRouter] = [module.router for module in MODULES] + [
        sessions.open_router,
        sign_in.router,
    ]
    # Put on the app as they are: an included router builds each route again, at the first request,
    # and is searched router by router at every one.
    routes = [
        *(route for router in routers for route in router.routes),
        *tus_routes(PREFIX, problem_of),
        *link_routes(PREFIX),
    ]
    app.router.routes += routes
    paths = [
        (compile_path(route.path)[0], route.methods or set())
        for route in routes
        if isinstance(route, Route)
    ]

    def methods_at(path: str) -> str:
        """The methods that a path takes, for the Allow header."""
        # A path without variables is what was meant, although another one fits as well.
        exact = [methods for regex, methods in paths if regex.pattern == f"^{path}$"]
        every = exact or [methods for regex, methods in paths if regex.match(path)]
        found = {method for methods in every for method in methods}
        return ", ".join(sorted(found)) or "GET"

    app.state.methods_at = methods_at
    install_errors(app)
    describe(app)
