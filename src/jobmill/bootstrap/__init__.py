"""The composition root: builds the house, and the app that serves it."""

from jobmill.bootstrap.app import create_app
from jobmill.bootstrap.house import check_stores, engine_catalog, maintaining, open_house, working
from jobmill.bootstrap.server import JobmillServer

__all__ = [
    "JobmillServer",
    "check_stores",
    "create_app",
    "engine_catalog",
    "maintaining",
    "open_house",
    "working",
]
