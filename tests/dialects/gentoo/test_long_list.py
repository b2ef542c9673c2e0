"""`GET jobs` on a long table: complete, quick to begin, and flat in memory."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.gentoo.server import Server

MIB = 2**20
ROWS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
INSERT INTO job (id, organization, owner, type, state, features, input, origin, priority,
                 created_at, updated_at, ended_at)
SELECT printf('%08x-%04x-7000-8000-%012x', (1600000000000 + i) >> 16,
              (1600000000000 + i) & 0xffff, i),
       1, 1, 'features', CASE i % 1000 WHEN 0 THEN 'failed' ELSE 'completed' END,
       '["AUDIO_FORMAT"]', '{"path":"/archive/2020/programme-' || i || '.mp4"}', 'import', 20,
       (1600000000000 + i) * 1000, (1600000000000 + i) * 1000, (1600000000000 + i) * 1000
FROM n"""


def filled(folder: Path, rows: int) -> Path:
    """A data folder with so many ended jobs."""
    data = folder / "data"
    with Server(data):
        pass
    database = sqlite3.connect(next(data.glob("*.db")))
    with database:
        database.execute(ROWS, {"rows": rows})
    database.close()
    return data


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = filled(tmp_path_factory.mktemp("long"), 50_000)
    with Server(data, flags=("--no-worker",)) as server:
        yield server


def resident(server: Server) -> dict[str, int]:
    """Bytes of the server's memory: all that is resident, and of that what is no file."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return {key: int(found[key].split()[0]) * 1024 for key in ("VmRSS", "RssAnon")}


class Listed:
    """What a walk through the stream saw, without keeping it."""

    def __init__(self, server: Server, path: str) -> None:
        self.rows, self.bytes = 0, 0
        self.first_after = 0.0
        before = resident(server)
        self.grown = dict.fromkeys(before, 0)
        begun = time.monotonic()
        with server.http.stream("GET", f"/api/ai{path}") as answer:
            assert answer.status_code == 200
            for chunk in answer.iter_bytes():
                self.first_after = self.first_after or time.monotonic() - begun
                self.rows += chunk.count(b"{")
                if self.bytes // (4 * MIB) != (self.bytes + len(chunk)) // (4 * MIB):
                    now = resident(server)
                    self.grown = {k: max(v, now[k] - before[k]) for k, v in self.grown.items()}
                self.bytes += len(chunk)
        self.seconds = time.monotonic() - begun


def test_all_jobs_are_listed_newest_first_in_one_bare_array(long_table: Server) -> None:
    jobs: list[dict[str, Any]] = long_table.call("GET", "/jobs").json()
    assert len(jobs) == 50_000
    assert jobs[0]["inputUri"] == "/archive/2020/programme-50000.mp4"
    assert [job["_id"] for job in jobs] == sorted((job["_id"] for job in jobs), reverse=True)
    assert long_table.call("GET", f"/jobs/{jobs[-1]['name']}").json()["status"] == "done"


def test_memory_stays_flat_while_a_long_list_is_sent(long_table: Server) -> None:
    Listed(long_table, "/jobs?limit=3000")
    seen = Listed(long_table, "/jobs")
    assert seen.rows == 50_000
    assert seen.bytes > 8 * MIB
    assert seen.grown["RssAnon"] < 8 * MIB


def test_a_list_can_be_narrowed_to_a_status_and_a_length(long_table: Server) -> None:
    failed = long_table.call("GET", "/jobs?status=failed").json()
    assert len(failed) == 50
    assert {job["status"] for job in failed} == {"failed"}
    assert len(long_table.call("GET", "/jobs?limit=150").json()) == 150
    assert long_table.call("GET", "/jobs?status=queued&status=running").json() == []


@pytest.mark.parametrize("query", ["status=asleep", "limit=0", "limit=x", "limit=-1"])
def test_a_bad_filter_is_refused_by_name(long_table: Server, query: str) -> None:
    answer = long_table.call("GET", f"/jobs?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["error"]["message"]


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_million_jobs_are_listed_in_flat_memory(tmp_path: Path) -> None:
    data = filled(tmp_path, 1_000_000)
    with Server(data, flags=("--no-worker",)) as server:
        Listed(server, "/jobs?limit=20000")
        seen = Listed(server, "/jobs")
        sparse = Listed(server, "/jobs?status=failed")
    print(
        f"1,000,000 jobs: {seen.seconds:.1f} s, first byte {seen.first_after:.3f} s, "
        f"grown {seen.grown}; failed only: {sparse.seconds:.1f} s"
    )
    assert (seen.rows, sparse.rows) == (1_000_000, 1000)
    assert seen.first_after < 2
    assert seen.grown["RssAnon"] < 16 * MIB
    assert seen.grown["VmRSS"] < 24 * MIB
