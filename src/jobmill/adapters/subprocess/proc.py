"""What /proc tells about processes: start times, CPU time, and who carries a host's mark.

Linux only; a process that is gone or foreign simply has no answer.
"""

import os
from dataclasses import dataclass
from pathlib import Path

MARK = "JOBMILL_HOST"
"""Environment variable that every process of a host inherits; its value names the host."""

_TICKS = os.sysconf("SC_CLK_TCK")
_STATE, _USER, _SYSTEM, _CHILD_USER, _CHILD_SYSTEM, _START = 0, 11, 12, 13, 14, 19


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process for certain: pids are used again, a pid with its start time (ticks) is not."""

    pid: int
    start: int


def identify(pid: int) -> ProcessId | None:
    """The process that has this pid now, or None; a zombie counts as gone."""
    fields = _stat(pid)
    if fields is None or fields[_STATE] in {"Z", "X"}:
        return None
    return ProcessId(pid, int(fields[_START]))


def is_alive(process: ProcessId) -> bool:
    """Whether exactly this process still runs."""
    return identify(process.pid) == process


def cpu_seconds(pid: int) -> float | None:
    """CPU time of a process and of its children that ended, in seconds; None when it is gone."""
    fields = _stat(pid)
    if fields is None:
        return None
    spent = (_USER, _SYSTEM, _CHILD_USER, _CHILD_SYSTEM)
    return sum(int(fields[field]) for field in spent) / _TICKS


def marked(mark: str) -> list[ProcessId]:
    """Every living process whose environment carries this host's mark."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := identify(int(entry.name))) is not None:
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue  # another user's, or just gone
            if wanted in environment.split(b"\0"):
                found.append(process)
    return found


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third (state) on; the second may hold anything."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None
