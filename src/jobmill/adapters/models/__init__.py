"""Models: what can be installed, what is, and the installing itself. Knows no engine's code."""

from jobmill.adapters.models.archive import MemberMissing
from jobmill.adapters.models.catalogue import (
    ModelEntry,
    UnknownModel,
    find_entry,
    load_catalogue,
    models_of,
)
from jobmill.adapters.models.folder import FolderBusy, ModelFolder, ModelState
from jobmill.adapters.models.install import NotInstalled, OwnFolder, install, remove
from jobmill.adapters.models.pip import DownloadFailed

__all__ = [
    "DownloadFailed",
    "FolderBusy",
    "MemberMissing",
    "ModelEntry",
    "ModelFolder",
    "ModelState",
    "NotInstalled",
    "OwnFolder",
    "UnknownModel",
    "find_entry",
    "install",
    "load_catalogue",
    "models_of",
    "remove",
]
