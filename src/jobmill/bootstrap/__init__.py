"""The composition root: builds the house, and the app that serves it."""

from jobmill.bootstrap.app import create_app
from jobmill.bootstrap.house import (
    engine_catalog,
    hold_folder,
    maintaining,
    open_house,
    work_until_stopped,
    working,
)

__all__ = [
    "create_app",
    "engine_catalog",
    "hold_folder",
    "maintaining",
    "open_house",
    "work_until_stopped",
    "working",
]
