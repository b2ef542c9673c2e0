"""Ten thousand jobs of one organization and a single job of another, on a server with a worker."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.test_steering import until
from tests.running import Running, running

RUN = 0.4
MANIFEST = """
[engine]
id = "nap"
name = "Nap"
category = "utility"
version = "1.0.0"
license = "Apache-2.0"
command = ["{python}", "__main__.py"]
"""
NAP = f"""
import time
from jobmill_engine import Engine, serve

class Nap(Engine):
    def run(self, task):
        time.sleep({RUN})
        return {{}}

serve(Nap)
"""


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Running]:
    """Two slots, and 10,000 jobs of the first organization, of which two have begun."""
    folder = tmp_path / "engines" / "nap"
    folder.mkdir(parents=True)
    (folder / "engine.toml").write_text(MANIFEST)
    (folder / "__main__.py").write_text(NAP)
    with running(tmp_path, slots=2) as server:
        template = {"tasks": [{"name": "a", "engine": "nap"}], "priority": 0}
        rows = [{"input": {"json": number}} for number in range(10_000)]
        body = {"template": template, "rows": rows}
        batch = server.client.post("/api/v1/batches", json=body).raise_for_status().json()
        assert batch["size"] == 10_000
        first = server.client.get("/api/v1/jobs/1").json()
        until(server, first, lambda job: job["ended_at"] is not None)
        yield server


def seconds(record: dict[str, Any], began: str, ended: str) -> float:
    moments = [datetime.fromisoformat(record[name]) for name in (began, ended)]
    return (moments[1] - moments[0]).total_seconds()


def test_single_jobs_of_another_start_within_two_run_times_of_their_neighbours(
    busy: Running,
) -> None:
    other = busy.client.post("/api/v1/organizations", json={"name": "other"}).json()
    with httpx2.Client(
        base_url=busy.url, headers={"Authorization": f"Bearer {other['key']}"}, timeout=90
    ) as client:
        theirs = replace(busy, client=client)
        nap = [{"name": "a", "engine": "nap"}]
        ended = [theirs.finish(theirs.submit(tasks=nap, priority=139)) for _ in range(3)]
    neighbour = busy.client.get("/api/v1/jobs/3").json()  # the first two wait for their engines
    run = seconds(neighbour, "started_at", "ended_at")
    assert run >= RUN
    assert max(seconds(job, "created_at", "started_at") for job in ended) <= 2 * run
    assert busy.client.get("/api/v1/batches/1").json()["counts"]["queued"] > 9_900
