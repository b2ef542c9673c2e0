"""Locks between processes of one machine: the kernel gives them back however a process ends."""

from jobmill.adapters.locks.data_folder import DataFolder, FolderInUse, WorkerSeat

__all__ = ["DataFolder", "FolderInUse", "WorkerSeat"]
