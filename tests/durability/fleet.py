"""Jobs sent to a server that may be gone at any moment, and a reader of their events who stays."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from jobmill.adapters.sql.connection import Connection

ENDED = {"completed", "failed", "cancelled", "expired"}
Body = Mapping[str, Any]


def diarist(name: str, diary: Path, **params: Any) -> dict[str, Any]:
    return {
        "name": name.rpartition("/")[2],
        "engine": "diarist",
        "params": {"diary": str(diary), "name": name.replace("/", "-"), **params},
    }


def job_body(index: int, diary: Path) -> Body:
    """Of every three jobs one is a single task, one a chain of three, one a diamond."""
    shapes: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
        ("a", ()),
        ("abc", [("a", "b"), ("b", "c")]),
        ("abcd", [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]),
    )
    tasks, routes = shapes[index % 3]
    long = index == 0  # nothing but a kill ends its first run
    return {
        "tasks": [diarist(f"{index}/{name}", diary, long_first=long) for name in tasks],
        "routes": [{"from": a, "to": b} for a, b in routes],
        "input": {"json": index},
    }


@dataclass
class Caller:
    """A client that knows where the server is just now, and tries again when it is not there."""

    url: str = ""
    key: str = ""
    there: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def moved(self, url: str, key: str) -> None:
        self.url, self.key = url, key
        self.there.set()

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", **more}

    def submit(self, body: Body, idempotency_key: str) -> dict[str, Any]:
        """Create a job, however often that needs to be asked."""
        while not self.over.is_set():
            self.there.wait(60)
            try:
                answer = httpx2.post(
                    f"{self.url}/api/v1/jobs",
                    json=dict(body),
                    headers=self.headers(**{"Idempotency-Key": idempotency_key}),
                    timeout=20,
                )
            except httpx2.TransportError:
                self.over.wait(0.05)
                continue
            if answer.status_code in (500, 503):
                self.over.wait(0.05)
                continue
            assert answer.status_code in (200, 201), answer.text
            job: dict[str, Any] = answer.json()
            return job
        raise AssertionError("the test ended before the job was accepted")

    def get(self, path: str) -> Any:
        answer = httpx2.get(f"{self.url}/api/v1{path}", headers=self.headers(), timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str) -> Any:
        answer = httpx2.post(f"{self.url}/api/v1{path}", headers=self.headers(), timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def wait_ended(self, job: str, seconds: float = 60) -> dict[str, Any]:
        """The job at its end; by asking, since the server may be another one by then."""
        for _ in range(int(seconds / 0.1)):
            found: dict[str, Any] = self.get(f"/jobs/{job}")
            if found["state"] in ENDED:
                return found
            self.over.wait(0.1)
        raise AssertionError(f"the job has not ended: {found}")


class Reader(threading.Thread):
    """Follows one job's events to their end, over however many connections that takes."""

    def __init__(self, caller: Caller, job: str) -> None:
        super().__init__(daemon=True)
        self._caller = caller
        self._job = job
        self.numbers: list[int] = []
        self.types: list[str] = []
        self.connections = 0
        self.reading = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._caller.over.is_set():
            self._caller.there.wait(60)
            try:
                if self._read():
                    return
            except httpx2.TransportError:
                pass
            self._caller.over.wait(0.05)

    def _read(self) -> bool:
        headers = self._caller.headers(Accept="text/event-stream")
        if self.numbers:
            headers["Last-Event-ID"] = str(self.numbers[-1])
        url = f"{self._caller.url}/api/v1/jobs/{self._job}/events"
        with httpx2.stream("GET", url, headers=headers, timeout=20) as answer:
            if answer.status_code == 204:
                return True
            if answer.status_code != 200:
                return False
            self.connections += 1
            number = None
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "data" and number is not None:
                    self.numbers.append(number)
                    self.types.append(json.loads(value)["type"])
                    self.reading.set()
                elif not line:
                    number = None
        return self.types[-1:] in (["job.completed"], ["job.failed"], ["job.cancelled"])


@dataclass(frozen=True)
class Book:
    """The database of a data folder, read when nobody writes any more."""

    data: Path

    def all(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        connection = Connection(self.data / "jobmill.db", read_only=True)
        try:
            return connection.all(sql, **values)
        finally:
            connection.close()

    def check_whole(self) -> None:
        """The file is sound, and holds nothing half-made."""
        assert [row[0] for row in self.all("PRAGMA integrity_check")] == ["ok"]
        assert self.all("PRAGMA foreign_key_check") == []
        assert self.all("SELECT * FROM task WHERE token IS NOT NULL") == []
        assert self.all("SELECT * FROM attempt WHERE ended_at IS NULL") == []
        self._check_blobs()

    def _check_blobs(self) -> None:
        counted = {row["sha256"]: row["uses"] for row in self.all("SELECT sha256, uses FROM blob")}
        used = self.all(
            """SELECT sha256, count(*) AS n FROM (
                   SELECT sha256 FROM part WHERE sha256 != '' UNION ALL
                   SELECT sha256 FROM asset WHERE sha256 IS NOT NULL) GROUP BY sha256"""
        )
        assert counted == {row["sha256"]: row["n"] for row in used}
        folder = self.data / "blobs"
        kept = {place.name for place in folder.glob("*/*/*") if place.is_file()}
        assert kept == set(counted), "every use has its bytes, and nothing lies about unused"
        assert list((folder / "incoming").iterdir()) == []

    def check_done_once(self, job: int) -> None:
        """Each task of a completed job was done once, at last, with one result and one part."""
        for task in self.all("SELECT * FROM task WHERE job = :job", job=job):
            assert task["state"] == "done"
            attempts = self.all(
                "SELECT * FROM attempt WHERE task = :task ORDER BY number", task=task["number"]
            )
            states = [attempt["state"] for attempt in attempts]
            assert states == [*["lost"] * (len(states) - 1), "done"], "never begun again when done"
            assert [attempt["attempt"] for attempt in attempts] == list(range(1, len(states) + 1))
            assert len(self.all("SELECT * FROM result WHERE task = :t", t=task["number"])) == 1
            assert len(self.all("SELECT * FROM part WHERE task = :t", t=task["number"])) == 1

    def check_events(self, job: int) -> list[int]:
        """The events tell one story, without gap or double; their numbers."""
        events = self.all("SELECT * FROM event WHERE job = :job ORDER BY number", job=job)
        types = [event["type"] for event in events]
        assert types[0] == "job.created"
        assert types[-1] == "job.completed"
        assert types.count("job.created") == types.count("job.completed") == 1
        held: dict[str, bool] = {}
        done: set[str] = set()
        for event in events:
            task = event["task"]
            if event["type"] == "task.claimed":
                assert not held.get(task)
                assert task not in done
                held[task] = True
            elif event["type"] in ("task.done", "task.recovered"):
                assert held.pop(task), "it ends what was begun"
                done |= {task} if event["type"] == "task.done" else set()
        assert not held
        return [event["number"] for event in events]
