"""Folders that are watched: every new or changed file starts a job, once."""

from jobmill.core.watches.model import FileFacts, TakenFile, Watch, WatchNumber, WatchRule
from jobmill.core.watches.ports import FolderWalk, WatchStore

__all__ = [
    "FileFacts",
    "FolderWalk",
    "TakenFile",
    "Watch",
    "WatchNumber",
    "WatchRule",
    "WatchStore",
]
