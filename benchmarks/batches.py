"""A batch of 10,000 rows, from the POST to its answer, and turns among 100,000 queued tasks.

Budgets: accepted within a second; a claim costs as much behind 100,000 tasks as behind one.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure, median

ROWS = 10_000
RUNS = 5
CLAIMS = 200


def measure() -> list[Figure]:
    """Through the app itself, without a network; then the queue by itself."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Figure]:
    import httpx2

    from jobmill.bootstrap import create_app
    from jobmill.config import Settings

    app = create_app(Settings(data=folder, worker=False))
    async with app.router.lifespan_context(app):
        key = (folder / "admin-key").read_text(encoding="utf-8").strip()
        headers = {"Authorization": f"Bearer {key}"}
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers, timeout=60
        ) as client:
            lone = await _claims(app)
            seconds = [await _accept(client) for _ in range(RUNS)]
            await _accept(client, 10_000)
            crowded = await _claims(app)
    return [
        Figure("batch_of_10000", median(seconds), "s", "limit: 1 s", median(seconds), "<= 1", RUNS),
        Figure(
            "claim_behind_60000",
            crowded,
            "us",
            f"in an empty queue: {lone:.0f} us",
            crowded / lone,
            "<= 10",
            CLAIMS,
        ),
    ]


async def _accept(client: "object", rows: int = ROWS) -> float:
    body = {
        "template": {"tasks": [{"name": "a", "engine": "noop"}], "tags": ["bench"]},
        "rows": [{"input": {"json": n}} for n in range(rows)],
    }
    began = time.perf_counter()
    answer = await client.post("/api/v1/batches", json=body)  # type: ignore[attr-defined]
    seconds = time.perf_counter() - began
    assert answer.status_code == 201, answer.text
    return seconds


async def _claims(app: "object") -> float:
    """Microseconds that finding the next task takes."""
    house = app.state.house  # type: ignore[attr-defined]
    now = house.clock.now()

    def take(work: "object") -> float:
        began = time.perf_counter()
        for _ in range(CLAIMS):
            work.queue.take(None, {}, 1, now)  # type: ignore[attr-defined]
        return 1e6 * (time.perf_counter() - began) / CLAIMS

    return float(await house.database.write(take))
