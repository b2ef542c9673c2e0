"""Puts the native API on the app."""

from fastapi import APIRouter, FastAPI
from starlette.routing import compile_path

from jobmill.api import (
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
    workers,
)
from jobmill.api.errors import install_errors
from jobmill.api.openapi import describe
from jobmill.api.route import NativeRoute

MODULES = (
    index,
    jobs,
    job_actions,
    tasks,
    attempts,
    events,
    results,
    assets,
    engines,
    pipelines,
    endpoints,
    deliveries,
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
    for router in routers:
        app.include_router(router)
    paths = [
        (compile_path(route.path)[0], route.methods or set())
        for router in routers
        for route in router.routes
        if isinstance(route, NativeRoute)
    ]

    def methods_at(path: str) -> str:
        """The methods that a path takes, for the Allow header."""
        found = {method for regex, methods in paths if regex.match(path) for method in methods}
        return ", ".join(sorted(found)) or "GET"

    app.state.methods_at = methods_at
    install_errors(app)
    describe(app)
