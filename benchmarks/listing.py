"""Page 1,000 of a list of 1,000,000 jobs beside page 1, by keyset, filtered by state and not.

Budget: at most twice page 1.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, median

JOBS = 1_000_000
PAGE = 50
RUNS = 9


def measure() -> list[Figure]:
    """The store's own query, on its own reader, warm."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Figure]:
    from jobmill.bootstrap import open_house
    from jobmill.config import Settings
    from jobmill.core.accounts import authenticate
    from jobmill.core.jobs import JobState
    from jobmill.core.jobs.ports import JobQuery

    async with open_house(Settings(data=folder)) as house:
        key = (folder / "admin-key").read_text(encoding="utf-8").strip()
        now = house.clock.now()
        who = await house.database.read(lambda w: authenticate(w.accounts, key, now))
        await asyncio.to_thread(fill, folder / "jobmill.db", int(now.timestamp()))
        figures = []
        for name, states in (("all", ()), ("by_state", (JobState.FAILED,))):
            count = JOBS // 10 if states else JOBS
            deep = min(1000, count // PAGE - 1) * PAGE * (JOBS // count)
            place = (now - timedelta(seconds=deep), 2**62)

            async def page(before: Any, states: Any = states) -> float:
                query = JobQuery(who.organization, states=states, before=before, limit=PAGE)
                began = time.perf_counter()
                found = await house.database.read(lambda w: w.jobs.find(query))
                assert len(found) == PAGE
                return time.perf_counter() - began

            first = median([await page(None) for _ in range(RUNS)])
            later = median([await page(place) for _ in range(RUNS)])
            figures.append(
                Figure(
                    f"list_page_1000_{name}",
                    1000 * later,
                    "ms",
                    f"page 1: {1000 * first:.2f} ms",
                    later / first,
                    "<= 2",
                    RUNS,
                )
            )
        return figures


def fill(path: Path, newest: int) -> None:
    """A million ended jobs, one a second into the past, one in ten failed, by plain SQL."""
    database = sqlite3.connect(path)
    organization, owner = database.execute("SELECT organization, number FROM user").fetchone()
    empty = json.dumps({})
    database.executemany(
        """INSERT INTO job (id, organization, owner, type, state, features, params, input, origin,
                            priority, extras, warnings, created_at, updated_at, ended_at)
           VALUES (?, ?, ?, 'features', ?, '["AUDIO_FORMAT"]', ?, '{"path": "movie.mp4"}', 'api',
                   20, ?, '[]', ?, ?, ?)""",
        (
            (
                f"{i:032x}",
                organization,
                owner,
                "failed" if i % 10 == 0 else "completed",
                empty,
                empty,
                *[(newest - JOBS + i) * 1_000_000] * 3,
            )
            for i in range(JOBS)
        ),
    )
    database.commit()
    database.close()
