"""The bell rings for every commit, here and from another process, and for nothing else."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jobmill.adapters.sql import SqliteDatabase
from jobmill.core.errors import NameTaken
from jobmill.core.ids import new_id
from jobmill.core.jobs.ports import UnitOfWork

pytestmark = pytest.mark.anyio

OTHER = """
import sys
from pathlib import Path
from jobmill.adapters.sql.connection import Connection
connection = Connection(Path(sys.argv[1]))
print("open", flush=True)
for line in sys.stdin:
    connection.run(line)
    print("committed", flush=True)
"""


def add(work: UnitOfWork) -> None:
    work.accounts.add_organization(new_id(), new_id())


class OtherProcess:
    """Another process on the same file, which commits when it is told."""

    def __init__(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "open\n"

    def commit(self) -> None:
        assert self._process.stdin
        self._process.stdin.write(
            f"INSERT INTO organization (id, name) VALUES ('{new_id()}', '{new_id()}')\n"
        )
        self._process.stdin.flush()
        assert self._line() == "committed\n"

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


async def test_a_waiter_is_woken_by_a_commit_in_its_process(database: SqliteDatabase) -> None:
    seen = database.bell.count
    waiter = asyncio.create_task(database.bell.wait(seen, 30))
    await asyncio.sleep(0)
    await database.write(add)
    assert await asyncio.wait_for(waiter, 1) > seen


async def test_a_commit_before_the_wait_is_not_missed(database: SqliteDatabase) -> None:
    seen = database.bell.count
    await database.write(add)
    assert await asyncio.wait_for(database.bell.wait(seen, 30), 1) > seen


async def test_all_who_wait_are_woken(database: SqliteDatabase) -> None:
    seen = database.bell.count
    waiters = [asyncio.create_task(database.bell.wait(seen, 30)) for _ in range(20)]
    await asyncio.sleep(0)
    await database.write(add)
    assert all(count > seen for count in await asyncio.wait_for(asyncio.gather(*waiters), 1))


async def test_a_waiter_goes_when_its_time_is_over(database: SqliteDatabase) -> None:
    seen = database.bell.count
    loop = asyncio.get_running_loop()
    before = loop.time()
    assert await database.bell.wait(seen, 0.3) == seen
    assert 0.25 < loop.time() - before < 2
    assert await database.bell.wait(seen, 0) == seen


async def test_a_commit_of_another_process_is_heard_within_half_a_second(
    file: Path, database: SqliteDatabase
) -> None:
    other = await asyncio.to_thread(OtherProcess, file)
    loop = asyncio.get_running_loop()
    try:
        for _ in range(3):
            seen = database.bell.count
            waiter = asyncio.create_task(database.bell.wait(seen, 30))
            await asyncio.to_thread(other.commit)
            committed = loop.time()
            assert await waiter > seen
            assert loop.time() - committed < 0.5
    finally:
        await asyncio.to_thread(other.close)


async def test_a_commit_of_another_process_before_the_first_wait_is_not_missed(
    file: Path, database: SqliteDatabase
) -> None:
    other = await asyncio.to_thread(OtherProcess, file)
    seen = database.bell.count
    await asyncio.to_thread(other.commit)
    try:
        assert await asyncio.wait_for(database.bell.wait(seen, 30), 1) > seen
    finally:
        await asyncio.to_thread(other.close)


async def test_reading_failing_and_changing_nothing_ring_no_bell(database: SqliteDatabase) -> None:
    def undone(work: UnitOfWork) -> None:
        add(work)
        raise NameTaken("no")

    await database.bell.wait(database.bell.count, 0.5)
    seen = database.bell.count
    await database.read(lambda work: work.workers.holders())
    await database.write(lambda work: work.workers.holders())
    with pytest.raises(NameTaken):
        await database.write(undone)
    assert await database.bell.wait(seen, 0.6) == seen


async def test_a_waiter_whose_loop_has_closed_does_not_stop_the_bell(
    database: SqliteDatabase,
) -> None:
    def abandoned() -> None:
        loop = asyncio.new_event_loop()
        waiting = loop.create_task(database.bell.wait(database.bell.count, 30))
        loop.run_until_complete(asyncio.sleep(0.01))
        waiting._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.close()

    thread = threading.Thread(target=abandoned)
    thread.start()
    await asyncio.to_thread(thread.join)
    await database.write(add)
    await database.write(add)


@pytest.mark.parametrize("steps", range(8))
async def test_a_cancel_that_comes_with_the_ring_is_not_lost(
    database: SqliteDatabase, steps: int
) -> None:
    waiter = asyncio.create_task(database.bell.wait(database.bell.count, 30))
    for _ in range(3):
        await asyncio.sleep(0)
    database.bell.ring()
    for _ in range(steps):
        await asyncio.sleep(0)
    if waiter.cancel():  # it had not returned before
        with pytest.raises(asyncio.CancelledError):
            await waiter
