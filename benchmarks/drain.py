"""No-op jobs through a warm engine process on the embedded store, beside bare DBOS workflows.

Budget: at least twice as many a second as DBOS on SQLite, submit and drain, no REST on either side.
Each run is a process of its own, so that neither system's threads disturb the other's.
"""

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure, median

JOBS = 400
RUNS = 9


def measure() -> list[Figure]:
    """Interleaved runs of both."""
    ours, peers = [], []
    for _ in range(RUNS):
        peers.append(_run("dbos"))
        ours.append(_run("jobmill"))
    value, peer = median(ours), median(peers)
    return [
        Figure(
            "noop_drain",
            value,
            "jobs/s",
            f"bare DBOS on SQLite: {peer:.0f} workflows/s",
            value / peer,
            ">= 2",
            RUNS,
        )
    ]


def _run(which: str) -> float:
    command = [sys.executable, "-m", "benchmarks.drain", which]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


async def drain_jobmill() -> float:
    """Jobs a second, from the first submit to the last settlement."""
    import structlog

    from jobmill.bootstrap import open_house, working
    from jobmill.cli.starting import end_start
    from jobmill.config import Settings
    from jobmill.core.accounts import authenticate
    from jobmill.core.jobs import JobState
    from jobmill.core.jobs.ports import JobQuery
    from jobmill.core.jobs.service import JobInput, SubmitJob, submit_job

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), slots=2)
        quiet = structlog.make_filtering_bound_logger(logging.WARNING)
        structlog.configure(wrapper_class=quiet)
        async with open_house(settings) as house, working(house):
            key = Path(folder, "admin-key").read_text(encoding="utf-8").strip()
            now = house.clock.now
            who = await house.database.read(lambda w: authenticate(w.accounts, key, now()))
            command = SubmitJob(JobInput(json=1), tasks=({"name": "a", "engine": "noop"},))
            open_jobs = JobQuery(
                who.organization, states=(JobState.QUEUED, JobState.RUNNING), limit=1
            )

            async def drain(count: int) -> float:
                began = time.perf_counter()
                await asyncio.gather(
                    *(
                        house.database.write(
                            lambda w: submit_job(w, house.outside, who, command, now())
                        )
                        for _ in range(count)
                    )
                )
                while await house.database.read(lambda w: w.jobs.find(open_jobs)):
                    await asyncio.sleep(0.02)
                return count / (time.perf_counter() - began)

            await drain(8)  # warms the engine processes
            end_start()
            return await drain(JOBS)


def drain_dbos() -> float:
    """Workflows a second, queued on SQLite in WAL mode, 50 slots, polled every 0.1 s."""
    import sqlalchemy as sa
    from dbos import DBOS

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/dbos.db"
        engine = sa.create_engine(url, pool_size=10, max_overflow=20)

        @sa.event.listens_for(engine, "connect")
        def _(connection: object, _record: object) -> None:
            connection.isolation_level = "IMMEDIATE"  # type: ignore[attr-defined]
            for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

        DBOS(
            config={
                "name": "bench",
                "system_database_url": url,
                "system_database_engine": engine,
                "log_level": "ERROR",
                "enable_otlp": False,
            }
        )

        @DBOS.workflow()
        def noop(number: int) -> int:
            return number

        DBOS.launch()
        DBOS.register_queue("bench", worker_concurrency=50, polling_interval_sec=0.1)

        def drain(count: int) -> float:
            began = time.perf_counter()
            handles = [DBOS.enqueue_workflow("bench", noop, number) for number in range(count)]
            for handle in handles:
                handle.get_result(polling_interval_sec=0.02)
            return count / (time.perf_counter() - began)

        drain(8)
        rate = drain(JOBS)
        DBOS.destroy()
        return rate


if __name__ == "__main__":
    import uvloop  # what the server and the worker run on

    from jobmill.cli.logs import set_up_logs
    from jobmill.cli.settings import LogFormat, LogLevel

    set_up_logs(LogFormat.JSON, LogLevel.ERROR)  # as quiet as the peer
    figure = uvloop.run(drain_jobmill()) if sys.argv[1] == "jobmill" else drain_dbos()
    print(json.dumps(figure))
