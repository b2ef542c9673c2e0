"""The data folder: where things lie in it, and who holds it.

A server holds the folder for life. Each worker holds a numbered seat, and with it the name under
which its tasks and engine processes are recorded; a seat that can be taken belongs to no one alive.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobmill.core.ids import WorkerName

MAX_SEATS = 256
SEAT = "worker-"
PLATFORM = "platform-"
"""Seats of servers themselves, for the work that they do without a worker, begin so."""
NETWORK_FILESYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph"})


class FolderInUse(Exception):
    """Another server runs on this data folder."""


class FolderUnfit(Exception):
    """The data folder lies on a file system that cannot lock reliably."""


@dataclass(slots=True)
class WorkerSeat:
    """A held seat; `engines` is where this worker records its engine processes, `work` where its
    attempts have their folders."""

    name: WorkerName
    engines: Path
    work: Path
    handle: int

    def clear(self) -> None:
        """Remove the work folders of attempts that a dead process left. Sweep its engines first."""
        for left in self.work.iterdir():
            shutil.rmtree(left, ignore_errors=True)

    def leave(self) -> None:
        """Give the seat back."""
        os.close(self.handle)


class DataFolder:
    """Paths and locks of one data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "jobmill.db"
        self.blobs = path / "blobs"
        self.work = path / "work"
        self.spool = path / "spool"
        self.media = path / "media"
        self.engines = path / "engines"
        self.registered = path / "registered-engines"
        self.admin_key = path / "admin-key"
        self.secrets_key = path / "secrets-key"
        self.link_secret = path / "link-secret"
        self.uploads = path / "uploads"
        self.blob_cache = path / "blob-cache"
        self._workers = path / "workers"
        self._senders = path / "senders"

    def make(self) -> None:
        """Create what is missing. Raises FolderUnfit on a network file system.

        A new data folder is its owner's alone; one that stands keeps its mode.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.blobs, self.work, self.media, self.engines):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self._workers, self._senders):
            folder.mkdir(parents=True, exist_ok=True)
        kind = filesystem_of(self.path)
        if kind in NETWORK_FILESYSTEMS:
            raise FolderUnfit(
                f"{self.path} lies on {kind}, where SQLite loses data; choose a local folder."
            )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for a server's life. Raises FolderInUse."""
        handle = _lock(self.path / "server.lock")
        if handle is None:
            raise FolderInUse(
                f"A server already runs on {self.path}; stop it, or choose another --data."
            )
        try:
            yield
        finally:
            os.close(handle)

    def take_seat(self, kind: str = "") -> WorkerSeat:
        """The first free worker seat, or one of a kind of its own."""
        for number in range(1, MAX_SEATS + 1):
            seat = f"{kind}{number}"
            handle = _lock(self._workers / f"{seat}.lock")
            if handle is not None:
                return self._seat(seat, handle)
        raise FolderInUse(f"{MAX_SEATS} workers already run on {self.path}.")

    @contextmanager
    def sender_seat(self) -> Iterator[str]:
        """Hold the first free seat of a sender of webhooks; its name, under which it leases."""
        for seat in range(1, MAX_SEATS + 1):
            handle = _lock(self._senders / f"{seat}.lock")
            if handle is not None:
                try:
                    yield f"sender-{seat}"
                finally:
                    os.close(handle)
                return
        raise FolderInUse(f"{MAX_SEATS} servers already run on {self.path}.")

    def abandoned(self) -> list[WorkerSeat]:
        """Seats that stood before and that nobody holds, held now; leave each after sweeping."""
        seats = []
        for lock in sorted(self._workers.glob("*.lock")):
            handle = _lock(lock)
            if handle is not None:
                seats.append(self._seat(lock.stem, handle))
        return seats

    def engines_of(self, worker: WorkerName) -> Path:
        """Where a worker, living or dead, records its engine processes."""
        return self._workers / f"{worker.removeprefix(SEAT)}.engines"

    def _seat(self, number: str, handle: int) -> WorkerSeat:
        name = WorkerName(f"{SEAT}{number}")
        seat = WorkerSeat(name, self.engines_of(name), self.work / name, handle)
        seat.engines.mkdir(exist_ok=True)
        seat.work.mkdir(exist_ok=True)
        return seat


def _lock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def filesystem_of(path: Path) -> str:
    """The type of the file system that holds a path, as the kernel names it; empty if unknown."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, mount, type_, *_ = line.split(" ")
        inside = str(path.resolve()).startswith(mount.rstrip("/") + "/") or mount == "/"
        if inside and len(mount) >= len(best):
            best, kind = mount, type_
    return kind
