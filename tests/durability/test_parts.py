"""Overlapping stages whose workers die, and chunks that two workers share."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.durability.engines import Engines
from tests.durability.fleet import Book, Caller
from tests.runtime.stages import make_engines
from tests.serving import ServerProcess, WorkerProcess

ROUTES = [
    {"from": "source", "to": "lines", "mode": "stream"},
    {"from": "lines", "to": "upper"},
    {"from": "upper", "to": "collect"},
]


class Works:
    """A server, and workers, with the engines of stages; and the gate at which they wait."""

    def __init__(self, data: Path, engines: Engines, slots: int) -> None:
        self.data, self.caller = data, Caller()
        make_engines(engines.folder / "stages")
        folders = f"{engines.folder}:{engines.folder / 'stages'}"
        self.environment = {"JOBMILL_ENGINES": folders, "JOBMILL_SLOTS": str(slots)}
        self.gate = data.with_name("gate")
        os.mkfifo(self.gate)
        self.running: list[ServerProcess | WorkerProcess] = []

    def serve(self, *flags: str) -> ServerProcess:
        server = ServerProcess(self.data, *flags, **self.environment)
        self.running.append(server)
        self.caller.moved(server.url, server.key)
        return server

    def work(self) -> WorkerProcess:
        worker = WorkerProcess(self.data, **self.environment)
        self.running.append(worker)
        return worker

    def parts(self, job: str, task: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.caller.get(f"/jobs/{job}/tasks/{task}/parts?limit=100{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    def until_parts(self, job: str, task: str, count: int) -> None:
        tick = threading.Event()
        for _ in range(300):
            if len(self.parts(job, task)) >= count:
                return
            tick.wait(0.1)
        raise AssertionError(f"{task} has not written {count} parts")

    def documents(self, job: str, task: str) -> list[dict[str, Any]]:
        headers = self.caller.headers()
        addresses = [f"{self.caller.url}{part['content']}" for part in self.parts(job, task)]
        return [httpx2.get(each, headers=headers, timeout=20).json() for each in addresses]


@pytest.fixture
def works(data: Path, engines: Engines, request: pytest.FixtureRequest) -> Iterator[Works]:
    works = Works(data, engines, slots=request.param)
    yield works
    works.caller.over.set()
    for process in works.running:
        process.stop(signal.SIGKILL)


@pytest.mark.parametrize("works", [1, 3], indirect=True, ids=["one slot", "three slots"])
def test_a_kill_in_the_middle_loses_no_part_and_doubles_none(works: Works) -> None:
    server = works.serve()
    source = {"parts": 40, "gate_at": 20, "gate": str(works.gate)}
    job = works.caller.submit(
        {
            "tasks": [
                {"name": "source", "engine": "source", "params": source},
                {"name": "lines", "engine": "lines"},
                {"name": "upper", "engine": "upper", "max_engines": 2},
                {"name": "collect", "engine": "collect"},
            ],
            "routes": ROUTES,
            "input": {"json": 1},
        },
        "job",
    )
    if works.environment["JOBMILL_SLOTS"] == "1":
        works.until_parts(job["id"], "source", 20)  # who waits at a gate lends no slot
    else:
        works.until_parts(job["id"], "upper", 20)
    server.stop(signal.SIGKILL)
    works.serve()
    threading.Thread(target=works.gate.write_text, args=("go",), daemon=True).start()
    ended = works.caller.wait_ended(job["id"])
    assert ended["state"] == "completed", ended
    texts = [each["text"] for each in works.documents(job["id"], "upper")]
    assert texts == [f"PART {i}" for i in range(40)]
    (collected,) = [
        each["document"]
        for each in works.caller.get(f"/jobs/{job['id']}/results")["items"]
        if each["task"] == "collect"
    ]
    assert collected["texts"] == texts
    works.running[-1].stop()
    book = Book(works.data)
    book.check_whole()
    counts = book.all(
        """SELECT name, count(*) AS n, count(DISTINCT part.number) AS numbers FROM part
           JOIN task ON task.number = part.task GROUP BY name"""
    )
    assert {row["name"]: (row["n"], row["numbers"]) for row in counts} == {
        "source": (40, 40),
        "lines": (40, 40),
        "upper": (40, 40),
    } | {row["name"]: (row["n"], row["numbers"]) for row in counts if row["name"] == "collect"}
    states = book.all("SELECT state, count(*) AS n FROM chunk GROUP BY state")
    assert [(row["state"], row["n"]) for row in states] == [("done", 40)]
    assert book.all("SELECT count(*) AS n FROM attempt WHERE state = 'lost'")[0]["n"] >= 1


@pytest.mark.parametrize("works", [1], indirect=True, ids=["one slot each"])
def test_two_workers_share_the_chunks_of_one_task(works: Works) -> None:
    """One of them waits at the gate with the first chunk; the other does all the rest."""
    works.serve("--no-worker")
    works.work()
    works.work()
    job = works.caller.submit(
        {
            "tasks": [
                {"name": "source", "engine": "source", "params": {"parts": 12}},
                {
                    "name": "upper",
                    "engine": "upper",
                    "max_engines": 2,
                    "params": {"gate_for": "part 0", "gate": str(works.gate)},
                },
            ],
            "routes": [{"from": "source", "to": "upper"}],
            "input": {"json": 1},
        },
        "job",
    )
    works.until_parts(job["id"], "upper", 11)
    works.gate.write_text("go")
    assert works.caller.wait_ended(job["id"])["state"] == "completed"
    attempts = works.caller.get(f"/jobs/{job['id']}/attempts")["items"]
    assert {each["worker"] for each in attempts if each["task"] == "upper"} == {
        "worker-1",
        "worker-2",
    }
    texts = [each["text"] for each in works.documents(job["id"], "upper")]
    assert texts == [f"PART {i}" for i in range(12)]
    tasks = works.caller.get(f"/jobs/{job['id']}/tasks")["items"]
    assert [(task["name"], task["mode"], task["max_engines"]) for task in tasks] == [
        ("source", "stream", 1),
        ("upper", "chunk", 2),
    ]
    assert json.dumps(tasks[1]["progress"])
