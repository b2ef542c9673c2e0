"""A server killed in the middle of a bulk action, and in front of what time brings about."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from tests.serving import ServerProcess

NOOP = [{"name": "a", "engine": "noop"}]
BETWEEN_LOOKS = threading.Event()


def client(server: ServerProcess) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx2.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=60)


def acted(http: httpx2.Client, job: str) -> float:
    """How many jobs a bulk action has acted upon."""
    shown: dict[str, Any] = http.get(f"/jobs/{job}").json()
    features = shown["progress"]["features"]
    return sum(each["done"] for each in features) if shown["ended_at"] is None else 1e9


def test_a_bulk_action_goes_on_seconds_after_a_hard_kill(data: Path) -> None:
    rows = [{"input": {"json": number}} for number in range(5_000)]
    with ServerProcess(data, "--no-worker") as first, client(first) as http:
        batch = http.post("/batches", json={"template": {"tasks": NOOP}, "rows": rows}).json()
        bulk = http.post(f"/batches/{batch['id']}/cancel").json()["id"]
        while (before := acted(http, bulk)) < 100:
            BETWEEN_LOOKS.wait(0.02)
        first.stop(signal.SIGKILL)
    assert before < 5_000
    with ServerProcess(data, "--no-worker") as second, client(second) as http:
        ready = time.monotonic()
        while acted(http, bulk) <= before:
            assert time.monotonic() - ready < 5.0
            BETWEEN_LOOKS.wait(0.05)
        http.get(f"/jobs/{bulk}", headers={"Prefer": "wait=50"})
        assert http.get(f"/batches/{batch['id']}").json()["counts"] == {"cancelled": 5_000}


def test_what_was_due_while_the_server_was_down_is_done_within_two_seconds(data: Path) -> None:
    with ServerProcess(data, "--no-worker") as first, client(first) as http:
        at = datetime.now(UTC) + timedelta(seconds=1.5)
        body = {"tasks": NOOP, "input": {"json": 1}}
        expiring = http.post("/jobs", json={**body, "expires_at": at.isoformat()}).json()["id"]
        leaving = http.post("/jobs", json=body).json()["id"]
        http.post(f"/jobs/{leaving}/cancel")
        edited = http.patch(f"/jobs/{leaving}", json={"retain_until": at.isoformat()})
        assert edited.status_code == 200, edited.text
        first.stop(signal.SIGKILL)
    BETWEEN_LOOKS.wait(max(0.0, (at - datetime.now(UTC)).total_seconds()))
    with ServerProcess(data, "--no-worker") as second, client(second) as http:
        ready = time.monotonic()
        states = set()
        while time.monotonic() - ready < 2.0 and states != {"expired", 404}:
            gone = http.get(f"/jobs/{leaving}").status_code
            states = {http.get(f"/jobs/{expiring}").json()["state"], gone}
            BETWEEN_LOOKS.wait(0.05)
        assert states == {"expired", 404}
        soon = datetime.now(UTC) + timedelta(seconds=1.2)
        another = http.post("/jobs", json={**body, "expires_at": soon.isoformat()}).json()["id"]
        shown = http.get(f"/jobs/{another}", headers={"Prefer": "wait=10"}).json()
        late = datetime.fromisoformat(shown["ended_at"]) - soon
        assert timedelta(0) <= late <= timedelta(seconds=2)
