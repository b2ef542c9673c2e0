"""A batch of 10,000 rows, from the POST to its answer, and turns among 60,000 queued tasks.

Budgets: accepted within a second; a claim among many organizations and batches costs no more than
ten times one of the only task there is.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

ROWS = 10_000
RUNS = 5
CLAIMS = 200
ORGANIZATIONS, BATCHES, EACH = 12, 5, 1_000


def measure() -> list[Figure]:
    """Against a server without a worker; then its queue by itself."""
    with running_server(no_worker=True) as server:
        empty = asyncio.run(_claims(server))
        _accept(server, 1)
        lone = asyncio.run(_claims(server))
        seconds = [_accept(server, ROWS) for _ in range(RUNS)]
        whole = [_accept(server, ROWS, whole=True) for _ in range(RUNS)]
    with running_server(no_worker=True) as server:
        for number in range(ORGANIZATIONS):
            made = server.http.post("/organizations", json={"name": f"crowd-{number}"})
            for _ in range(BATCHES):
                _accept(server, EACH, key=made.raise_for_status().json()["key"])
        crowded = asyncio.run(_claims(server))
    return [
        Figure("batch_of_10000", median(seconds), "s", "limit: 1 s", median(seconds), "<= 1", RUNS),
        Figure("batch_of_10000_jobs", median(whole), "s", "limit: 1 s", median(whole), "", RUNS),
        Figure(
            "claim_behind_60000",
            crowded,
            "us",
            f"the only task: {lone:.0f} us; an empty queue: {empty:.0f} us",
            crowded / lone,
            "<= 10",
            CLAIMS,
        ),
    ]


def _accept(server: Server, rows: int, *, whole: bool = False, key: str | None = None) -> float:
    job: dict[str, Any] = {"tasks": [{"name": "a", "engine": "noop"}], "tags": ["bench"]}
    inputs: list[dict[str, Any]] = [{"input": {"json": n}} for n in range(rows)]
    body = {"jobs": [job | each for each in inputs]} if whole else {"template": job, "rows": inputs}
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    began = time.perf_counter()
    answer = server.http.post("/batches", json=body, headers=headers)
    seconds = time.perf_counter() - began
    assert answer.status_code == 201, answer.text
    return seconds


async def _claims(server: Server) -> float:
    """Microseconds that finding the next task takes."""
    from jobmill.adapters.sql.database import SqliteDatabase
    from jobmill.core.jobs.ports import UnitOfWork

    now = datetime.now(UTC)

    def take(work: UnitOfWork) -> float:
        seconds = []
        for _ in range(CLAIMS):
            began = time.perf_counter()
            work.queue.take(None, {}, 1, now)
            seconds.append(time.perf_counter() - began)
        return 1e6 * median(seconds, quiet=True)

    database = SqliteDatabase(server.data / "jobmill.db", lambda dropped: None)
    try:
        return await database.write(take)
    finally:
        database.close()
