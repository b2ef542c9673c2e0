"""A batch of 10,000 rows that is being read keeps nobody waiting: neither another batch of the same
organization nor a job of another."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.test_batches import read
from tests.api.test_fairness import MANIFEST, NAP
from tests.api.test_many import post
from tests.api.test_steering import until
from tests.running import Running, running

SMALL, LARGE = 6, 10_000
NAPS = [{"name": "a", "engine": "nap"}]


@pytest.fixture
def two_slots(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "engines" / "nap"
    folder.mkdir(parents=True)
    (folder / "engine.toml").write_text(MANIFEST)
    (folder / "__main__.py").write_text(NAP)
    with running(tmp_path, slots=2) as server:
        yield server


def batch_of(server: Running, rows: int) -> dict[str, Any]:
    inputs = [{"json": number} for number in range(rows)]
    return post(server, "batches/rows", pipeline="naps", inputs=inputs)


def ended_of(server: Running, batch: dict[str, Any]) -> int:
    ended: int = server.client.get(batch["links"]["self"]).json()["ended"]
    return ended


def test_a_large_batch_lets_others_take_their_turns(two_slots: Running) -> None:
    server = two_slots
    body = {"name": "naps", "tasks": NAPS}
    assert server.client.post("/api/v1/pipelines", json=body).status_code == 201
    large = batch_of(server, LARGE)
    reader = server.client.get(f"/api/v1/jobs/{large['job']}").json()
    until(server, reader, lambda job: ended_of(server, large) > 0 or job["ended_at"] is not None)
    small = read(server, batch_of(server, SMALL))
    assert (small["state"], small["size"]) == ("ready", SMALL)
    before = ended_of(server, large)
    other = server.client.post("/api/v1/organizations", json={"name": "other"}).json()
    headers = {"Authorization": f"Bearer {other['key']}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=90) as client:
        theirs = replace(server, client=client)
        theirs.finish(theirs.submit(tasks=NAPS, priority=139))
    for job in server.client.get("/api/v1/jobs", params={"batch": small["id"]}).json()["items"]:
        server.finish(job)
    # In turns: one of the large batch for each of the small one, and what was at work.
    assert ended_of(server, large) - before <= 2 * SMALL + 4
    whole = read(server, large)
    assert (whole["state"], whole["size"]) == ("ready", LARGE)
