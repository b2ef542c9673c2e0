"""Chunks that keep a processor busy: two worker processes against one, each with one slot.

Budget: two on two processors are through 1.7 times as fast.
"""

import tempfile
import time
from datetime import datetime
from pathlib import Path

from benchmarks.engines import BURST, make_engines
from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

CHUNKS = 120
RUNS = 3
_BUSY = """
import hashlib
from jobmill_engine import Engine, serve

class Busy(Engine):
    def run(self, task):
        hashlib.pbkdf2_hmac("sha256", b"word", b"salt", 60_000)
        return {}

serve(Busy)
"""
_ENGINES = {"burst": ("whole", BURST), "busy": ("chunk", _BUSY)}


def measure() -> list[Figure]:
    """Both in turns, each time on a server of its own."""
    alone, both = [], []
    for _ in range(RUNS):
        alone.append(CHUNKS / _chunks_by(1))
        both.append(CHUNKS / _chunks_by(2))
    one, two = median(alone), median(both)
    against = f"one worker process: {one:.1f} chunks/s"
    return [Figure("two_workers", two, "chunks/s", against, two / one, ">= 1.7", RUNS)]


def _chunks_by(workers: int) -> float:
    """Seconds of the chunks, behind the task that makes them."""
    with tempfile.TemporaryDirectory() as folder:
        engines = make_engines(Path(folder, "engines"), _ENGINES)
        given = {"JOBMILL_ENGINES": str(engines), "JOBMILL_SLOTS": "1"}
        with running_server(workers_apart=workers, **given) as server:
            _all_there(server, workers)
            _chunks(server, 8 * workers)  # warms the engine processes
            return _chunks(server, CHUNKS)


def _all_there(server: Server, workers: int) -> None:
    while len(server.http.get("/workers").json()["items"]) < workers:
        time.sleep(0.05)


def _chunks(server: Server, count: int) -> float:
    busy = {"name": "busy", "engine": "busy", "max_engines": 2, "wait_for_parents": True}
    job = server.job(
        input={"json": 1},
        tasks=[{"name": "burst", "engine": "burst", "params": {"parts": count}}, busy],
        routes=[{"from": "burst", "to": "busy", "mode": "chunk"}],
    )
    server.wait(job)
    tasks = server.http.get(f"/jobs/{job['id']}/tasks").json()["items"]
    ended = {each["name"]: datetime.fromisoformat(each["ended_at"]) for each in tasks}
    return (ended["busy"] - ended["burst"]).total_seconds()
