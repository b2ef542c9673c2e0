"""A server killed again and again while it reads a batch: no row is lost, none is made twice."""

import signal
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.durability.test_bulk import client
from tests.serving import ServerProcess

BETWEEN_LOOKS = threading.Event()
ROWS, KILLS = 12_000, 4
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def begin(http: httpx2.Client, *, strict: bool) -> dict[str, Any]:
    """A batch of which every thousandth row is wrong, unless it is strict."""
    tasks = [{"name": "a", "engine": "noop"}]
    program = {"input_schema": SCHEMA, "answer": "a"}
    http.post("/pipelines", json={"name": "p", "tasks": tasks, "program": program})
    bad = [] if strict else range(999, ROWS, 1_000)
    rows: list[Any] = [{"n": number} for number in range(ROWS)]
    for number in bad:
        rows[number] = {"m": number}
    body = {"pipeline": "p", "inputs": rows, "strict": strict, "key": "n"}
    answer = http.post("/batches/rows", json=body)
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


def made_of(http: httpx2.Client, batch: dict[str, Any]) -> list[int]:
    """The rows that became jobs, in the order of the jobs."""
    found: list[int] = []
    query: dict[str, Any] = {"batch": batch["id"], "limit": 1000}
    while True:
        page = http.get("/jobs", params=query).json()
        found += [job["input"]["json"]["n"] for job in page["items"]]
        if page["next"] is None:
            return found[::-1]
        query["cursor"] = page["next"]


@pytest.mark.parametrize("strict", [False, True])
def test_a_kill_in_the_middle_of_reading_neither_loses_nor_doubles_a_row(
    data: Path, strict: bool
) -> None:
    batch: dict[str, Any] = {}
    seen: list[int] = []
    whole = 2 * ROWS if strict else ROWS
    for kill in range(KILLS):
        with ServerProcess(data, "--no-worker") as server, client(server) as http:
            batch = batch or begin(http, strict=strict)
            while (now := _read(http, batch)) < whole * (kill + 1) // (KILLS + 2):
                BETWEEN_LOOKS.wait(0.01)
            seen.append(now)
            server.stop(signal.SIGKILL)
    assert seen == sorted(seen)
    assert seen[0] < whole
    with ServerProcess(data, "--no-worker") as server, client(server) as http:
        ended = http.get(f"/jobs/{batch['job']}", headers={"Prefer": "wait=60"}).json()
        assert ended["state"] == "completed", ended["reason"]
        shown = http.get(f"/batches/{batch['id']}").json()
        wrong = [] if strict else list(range(999, ROWS, 1_000))
        assert made_of(http, batch) == [n for n in range(ROWS) if n not in set(wrong)]
        errors = http.get(f"/batches/{batch['id']}/errors").json()["items"]
        assert [each["row"] for each in errors] == wrong
        assert (shown["state"], shown["size"]) == (
            ("ready", ROWS) if strict else ("partial", ROWS - len(wrong))
        )
        assert (shown["total"], shown["processed"], shown["invalid"]) == (ROWS, ROWS, len(wrong))


def _read(http: httpx2.Client, batch: dict[str, Any]) -> int:
    """How far it is: rows of a strict batch are looked at first, and made then."""
    shown = http.get(f"/batches/{batch['id']}").json()
    rows: int = (shown["processed"] + shown["size"]) if shown["strict"] else shown["processed"]
    return rows
