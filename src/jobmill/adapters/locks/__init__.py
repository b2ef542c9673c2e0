"""Locks between processes of one machine: the kernel gives them back however a process ends."""

from jobmill.adapters.locks.data_folder import (
    PLATFORM,
    DataFolder,
    FolderInUse,
    FolderUnfit,
    WorkerSeat,
)

__all__ = ["PLATFORM", "DataFolder", "FolderInUse", "FolderUnfit", "WorkerSeat"]
