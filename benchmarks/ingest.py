"""A batch of 10,000 rows read in the background, against bare inserts of the rows that it writes.

Budgets: accepted within a second; read at half the rate of the inserts at least; memory that does
not grow with the number of rows.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from benchmarks.report import Figure, median
from benchmarks.server import Server, running_server

ROWS, MANY = 10_000, 100_000
RUNS = 5
TOGETHER = 500
"""Rows of one transaction, as many as the server takes."""
PARENTS = ("organization", "user", "batch")
"""What rows of jobs name: keys to other tables are checked in both."""
TABLES = ("job", "task", "event")
SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "text": {"type": "string", "minLength": 1}},
    "required": ["n", "text"],
}


def measure() -> list[Figure]:
    """Against a server without a worker, and a database file of its own beside it."""
    accepted, read, bare = [], [], []
    with running_server(no_worker=True) as server:
        tasks = [{"name": "a", "engine": "noop"}]
        program = {"input_schema": SCHEMA, "answer": "a"}
        body = {"name": "bench", "tasks": tasks, "program": program}
        server.http.post("/pipelines", json=body).raise_for_status()
        _ingest(server, 10)
        for _ in range(RUNS):
            seconds, batch, took = _ingest(server, ROWS)
            accepted.append(seconds)
            read.append(ROWS / took)
            bare.append(ROWS / _inserts(server.data / "jobmill.db", batch))
        before = _resident(server)
        _ingest(server, MANY, by_file=True)
        grown = (_resident(server) - before) / 2**20
    rate, peer = median(read), median(bare)
    return [
        Figure(
            "batch_accepted", median(accepted), "s", "limit: 1 s", median(accepted), "<= 1", RUNS
        ),
        Figure(
            "batch_read",
            rate,
            "rows/s",
            f"bare inserts of the same rows: {peer:.0f} rows/s",
            rate / peer,
            ">= 0.5",
            RUNS,
        ),
        Figure("batch_memory", grown, "MB", "limit: 30 MB, for 100,000 rows", grown / 30, "<= 1"),
    ]


def _ingest(server: Server, rows: int, *, by_file: bool = False) -> tuple[float, int, float]:
    """Seconds until it is accepted, the batch's number, and seconds until all rows are jobs."""
    inputs: list[dict[str, Any]] = [{"n": n, "text": f"the text of row {n}"} for n in range(rows)]
    body: dict[str, Any] = {"pipeline": "bench", "inputs": inputs}
    if by_file:
        lines = "\n".join(map(json.dumps, inputs)).encode()
        asset = server.http.post("/assets", content=lines, headers={"X-Name": "rows.jsonl"}).json()
        body = {"pipeline": "bench", "file": {"asset": asset["id"]}}
    began = time.perf_counter()
    answer = server.http.post("/batches/rows", json=body)
    accepted = time.perf_counter() - began
    made = answer.raise_for_status().json()
    while True:
        headers = {"Prefer": "wait=60"}
        job = server.http.get(f"/jobs/{made['job']}", headers=headers).json()
        if job["ended_at"] is not None:
            break
    seconds = time.perf_counter() - began
    shown = server.http.get(f"/batches/{made['id']}").json()
    assert (shown["state"], shown["size"]) == ("ready", rows), shown
    return accepted, made["number"], seconds


def _inserts(source: Path, batch: int) -> float:
    """Seconds for the batch's rows, written anew: the same tables, indexes and transactions."""
    from jobmill.adapters.sql.connection import PRAGMAS
    from jobmill.adapters.sql.migrate import create

    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(source) as old:
        path = Path(folder, "bare.db")
        create(path)
        db = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        for table in PARENTS:
            for row in old.execute(f"SELECT * FROM {table}"):
                db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        rows = {table: _rows_of(old, table, batch) for table in TABLES}
        began = time.perf_counter()
        for start in range(0, ROWS, TOGETHER):
            db.execute("BEGIN IMMEDIATE")
            for table, found in rows.items():
                marks = ", ".join("?" * len(found[0]))
                some = found[start : start + TOGETHER]
                db.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
            db.execute("COMMIT")
        seconds = time.perf_counter() - began
        db.close()
    return seconds


def _rows_of(db: sqlite3.Connection, table: str, batch: int) -> Sequence[tuple[Any, ...]]:
    where = "number IN" if table == "job" else "job IN"
    found = db.execute(
        f"""SELECT * FROM {table}
            WHERE {where} (SELECT number FROM job WHERE batch = ?) ORDER BY 1""",
        (batch,),
    ).fetchall()
    assert len(found) == ROWS, (table, len(found))
    return found


def _resident(server: Server) -> int:
    memory: int = psutil.Process(server.process.pid).memory_info().rss
    return memory
