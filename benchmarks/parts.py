"""A thousand empty parts through one engine: what the bookkeeping costs beside one plain call.

The limit is one call of the same engine with all the parts at once, in the same process and run.
Budget: 1 ms more for a part, and 20 ms for a part with all that the engine costs.
"""

import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.engines import BURST, make_engines
from benchmarks.report import Figure, median

PARTS = 1000
RUNS = 3
NOTHING = """
from jobmill_engine import Engine, serve

class Nothing(Engine):
    def run(self, task):
        return None

serve(Nothing)
"""
ENGINES = {"burst": ("whole", BURST), "nothing": ("chunk", NOTHING)}


def measure() -> list[Figure]:
    """Each run in a process of its own."""
    runs = [_run() for _ in range(RUNS)]
    ours = median([run["ours"] for run in runs]) / PARTS * 1000
    plain = median([run["plain"] for run in runs]) / PARTS * 1000
    more = median([run["ours"] - run["plain"] for run in runs]) / PARTS * 1000
    against = f"one call with all parts: {plain:.3f} ms a part"
    return [
        Figure("part_bookkeeping", more, "ms", against, more / plain, "<= 1 ms", RUNS),
        Figure("part_with_engine", ours, "ms", against, ours / plain, "<= 20 ms", RUNS),
    ]


def _run() -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.parts"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    run: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return run


async def run_both() -> Mapping[str, float]:
    """Seconds of the chunk task, from its first claim to its end, and of the plain call."""
    import structlog

    from jobmill.bootstrap import open_house, working
    from jobmill.cli.starting import end_start
    from jobmill.config import Settings

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        engines = make_engines(Path(folder, "engines"), ENGINES)
        settings = Settings(data=Path(folder, "data"), slots=2, engines=(engines,))
        async with open_house(settings) as house, working(house):
            await _job(house, settings.data, 8)  # warms the engine processes
            end_start()
            ours = await _job(house, settings.data, PARTS)
            return {"ours": ours, "plain": await _plain(house, Path(folder))}


async def _job(house: Any, data: Path, parts: int) -> float:
    from jobmill.core.accounts import authenticate
    from jobmill.core.jobs.service import JobInput, SubmitJob, submit_job
    from jobmill.core.jobs.states import ENDED_JOBS, JobState

    key = Path(data, "admin-key").read_text(encoding="utf-8").strip()
    now = house.clock.now
    who = await house.database.read(lambda w: authenticate(w.accounts, key, now()))
    command = SubmitJob(
        JobInput(json=1),
        tasks=(
            {"name": "burst", "engine": "burst", "params": {"parts": parts}},
            {"name": "nothing", "engine": "nothing", "wait_for_parents": True},
        ),
        routes=({"from": "burst", "to": "nothing"},),
    )
    made = await house.database.write(lambda w: submit_job(w, house.outside, who, command, now()))
    number = made.graph.job.number
    while True:
        seen = house.bell.count
        graph = await house.database.read(lambda w: w.jobs.graph(number))
        if graph.job.state in ENDED_JOBS:
            break
        await house.bell.wait(seen, 5)
    assert graph.job.state is JobState.COMPLETED, graph.job.reason
    source, task = graph.named("burst"), graph.named("nothing")
    assert task.flow.done == parts
    return float((task.ended_at - source.ended_at).total_seconds())


class _Deaf:
    """A listener that counts chunks."""

    def __init__(self) -> None:
        self.chunks = 0

    def chunk_done(self, number: int, document: object) -> None:
        self.chunks += 1

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: None


async def _plain(house: Any, folder: Path) -> float:
    """The second of two calls of the runner with every part as a file."""
    from jobmill.adapters.subprocess import SubprocessRunner
    from jobmill.core.engines import EngineCall, EngineInput

    runner, seconds = SubprocessRunner(folder / "records"), 0.0
    try:
        for call in ("first", "second"):
            began, workdir = time.perf_counter(), folder / call
            workdir.mkdir()
            inputs = []
            for number in range(PARTS):
                place = workdir / f"input-{number}"
                place.write_bytes(b"x")
                inputs.append(EngineInput("in", place, "text/plain", place.name, number))
            manifest = house.outside.catalog.manifests()["nothing"]
            deaf = _Deaf()
            await runner.run(
                EngineCall(call, manifest, (), {}, tuple(inputs), workdir, mode="chunk"),
                deaf,  # type: ignore[arg-type]
            )
            assert deaf.chunks == PARTS
            seconds = time.perf_counter() - began
    finally:
        await runner.close()
    return seconds


if __name__ == "__main__":
    import uvloop  # what the server and the worker run on

    from jobmill.cli.logs import set_up_logs
    from jobmill.cli.settings import LogFormat, LogLevel

    set_up_logs(LogFormat.JSON, LogLevel.ERROR)
    print(json.dumps(uvloop.run(run_both())))
