"""One small file for each engine host that runs, so that a new server can end a dead one's hosts.

A record is written before its host is given work and removed when the host is gone.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jobmill.adapters.subprocess.proc import ProcessId, is_alive, marked

_SUFFIX = ".host.json"


@dataclass(frozen=True, slots=True)
class HostRecord:
    """A host: its mark (unique), its engine's id, its shim and its engine's process."""

    mark: str
    engine: str
    processes: tuple[ProcessId, ...]


@dataclass(frozen=True, slots=True)
class SweptProcess:
    """A process that a dead server had left and that is now killed."""

    engine: str
    pid: int


def write_record(records: Path, record: HostRecord) -> None:
    """Keep a record; it is whole or not there at all."""
    content = {
        "engine": record.engine,
        "processes": [[process.pid, process.start] for process in record.processes],
    }
    unfinished = records / f"{record.mark}.tmp"
    unfinished.write_text(json.dumps(content), encoding="utf-8")
    unfinished.rename(records / f"{record.mark}{_SUFFIX}")


def remove_record(records: Path, mark: str) -> None:
    """Forget a host that is gone."""
    (records / f"{mark}{_SUFFIX}").unlink(missing_ok=True)


def sweep(records: Path, patience: float = 5.0) -> list[SweptProcess]:
    """Kill what a dead server's hosts have left running, and remove their records.

    Only for a server that holds the data folder's lock: it takes every record for a dead one's.
    Kills by pid only where the start time still matches, so never a process that got the pid
    later. Raises `TimeoutError` if something will not die within `patience` seconds.
    """
    swept: list[SweptProcess] = []
    for file in sorted(records.glob(f"*{_SUFFIX}")):
        record = _read_record(file)
        killed = kill_all(record.mark, record.processes, patience)
        swept += [SweptProcess(record.engine, process.pid) for process in killed]
        file.unlink(missing_ok=True)
    for unfinished in records.glob("*.tmp"):
        unfinished.unlink(missing_ok=True)
    return swept


def kill_all(mark: str, known: Iterable[ProcessId], patience: float = 5.0) -> list[ProcessId]:
    """SIGKILL a host's known processes and all that carry its mark, until none is left.

    Blocks for a few ms when there is nothing to kill. Raises `TimeoutError`.
    """
    killed: dict[ProcessId, None] = {}
    deadline = time.monotonic() + patience
    while left := [process for process in {*known, *marked(mark)} if is_alive(process)]:
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in left)
            raise TimeoutError(f"Processes {pids} of engine host {mark} do not die on SIGKILL.")
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            killed[process] = None
        time.sleep(0.005)  # the kernel has no event for the death of another's child
    return list(killed)


def _read_record(file: Path) -> HostRecord:
    """Read a record; from an unreadable one (a full disk) at least the mark, its name."""
    mark = file.name.removesuffix(_SUFFIX)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        processes = tuple(ProcessId(int(pid), int(start)) for pid, start in content["processes"])
        return HostRecord(mark, str(content["engine"]), processes)
    except (ValueError, KeyError, TypeError):
        return HostRecord(mark, "unknown", ())
