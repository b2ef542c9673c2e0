"""What a server costs that has nothing to do, and how soon it is ready.

Budgets: 1 % of a core, 150 MB resident, ready 2 s after its start, the first on a data folder too.
"""

import os
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

SECONDS = 20.0
RUNS = 7


def measure() -> list[Figure]:
    """CPU and memory over some idle seconds after a first job; start-up over several starts."""
    with running_server() as server:
        server.wait(server.job(input={"json": 1}, tasks=[{"engine": "noop"}]))
        time.sleep(2)
        before = _cpu_seconds(server)
        time.sleep(SECONDS)
        cpu = 100 * (_cpu_seconds(server) - before) / SECONDS
        resident = _resident_mb(server)
    first, again = _starts()
    return [
        Figure("idle_cpu", cpu, "% of a core", "budget 1 %", cpu / 1, "<= 1"),
        Figure("idle_memory", resident, "MB resident", "budget 150 MB", resident / 150, "<= 1"),
        _start("ready_after_start", again),
        _start("ready_after_first_start", first),
    ]


def _starts() -> tuple[list[float], list[float]]:
    """Seconds until ready, in turns: on a new data folder, and on the same one again."""
    first, again = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            for seconds in (first, again):
                with running_server(Path(folder) / "data") as server:
                    seconds.append(server.ready_after)
    return first, again


def _start(name: str, seconds: list[float]) -> Figure:
    value = median(seconds)
    return Figure(name, value, "s", "budget 2 s", value / 2, "<= 1", len(seconds))


def _cpu_seconds(server: Server) -> float:
    stat = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="utf-8")
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(server: Server) -> float:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
