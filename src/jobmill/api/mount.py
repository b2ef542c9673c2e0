"""Puts the native API on the app."""

from fastapi import FastAPI

from jobmill.api.jobs import router as jobs_router

PREFIX = "/api/v1"


def mount_api(app: FastAPI) -> None:
    """Add every native route."""
    app.include_router(jobs_router, prefix=PREFIX)
