"""A process that changes one row many times: started by the tests of concurrency.

Usage: python -m tests.adapters.sql.counting FILE UNITS. It opens (and migrates) the file, says so,
and counts up when it is told to.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from jobmill.adapters.sql import SqliteDatabase
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import PipelineDefinition
from tests.adapters.stores.seeds import owner
from tests.core.graphs import NOW

NAME = "counter"


def count_up(work: UnitOfWork) -> int:
    """Read, change, write: an update is lost wherever two can read the same."""
    organization, _ = owner(work)
    counter = work.pipelines.get(organization, NAME)
    if counter is None:
        counter = work.pipelines.add(organization, NAME, "", PipelineDefinition(), {}, NOW)
    counter = replace(counter, version=counter.version + 1)
    work.pipelines.replace(counter)
    return counter.version


async def main(file: Path, units: int) -> None:
    database = SqliteDatabase.open(file)
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    versions = await asyncio.gather(*(database.write(count_up) for _ in range(units)))
    assert len(set(versions)) == units
    await asyncio.to_thread(database.close)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
