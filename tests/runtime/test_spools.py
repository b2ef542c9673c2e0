"""What an engine notes in its spool is there for the next attempt, and gone with the work."""

import asyncio
from pathlib import Path

import pytest

from jobmill.core.engines import Done, EngineCall, Failed, FailureClass, Outcome
from jobmill.core.engines.ports import AttemptListener
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.service import restart_job
from jobmill.core.jobs.states import JobState
from jobmill.runtime.spools import Spools
from tests.runtime.world import Act, World, end_with, reached

pytestmark = pytest.mark.anyio
SLOW = {"name": "a", "engine": "slow", "max_retries": 1}


def counting(outcome: Outcome, begun: asyncio.Event | None = None) -> Act:
    """Notes a line and tells how many there are; with `begun` it then waits for ever."""

    async def act(call: EngineCall, listener: AttemptListener) -> Outcome:
        listener.started()
        assert call.spool is not None
        with (call.spool / "notes").open("a+") as file:
            file.write("once\n")
            file.seek(0)
            lines = len(file.readlines())
        if begun is not None:
            begun.set()
            await asyncio.Event().wait()
        return Done({"lines": lines}) if isinstance(outcome, Done) else outcome

    return act


async def lines(world: World, job: JobGraph) -> object:
    results = await world.real.read(lambda work: work.results.of_job(job.job.number))
    return results[-1].document["lines"]


async def stopped(worker: "asyncio.Task[None]") -> None:
    """The worker has ended, and with it whatever it had to clear up."""
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


def left(world: World) -> list[Path]:
    return list(world.spool_folder.iterdir())


async def test_an_attempt_goes_on_from_what_one_before_it_noted(world: World) -> None:
    begun = asyncio.Event()
    world.runner.play(counting(Done({}), begun), counting(Done({})), on="slow")
    first = world.start_worker()
    job = await world.submit(SLOW)
    await reached(begun)
    await stopped(first)
    (folder,) = left(world)
    assert folder.stat().st_mode & 0o777 == 0o700
    second = world.start_worker()
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    assert await lines(world, job) == 2
    await stopped(second)
    assert left(world) == []


async def test_a_failed_attempt_leaves_it_to_the_next_but_not_to_another_generation(
    world: World,
) -> None:
    failed = Failed(FailureClass.ENGINE, "broke", "It broke.")
    world.runner.play(counting(failed), counting(Done({})), counting(Done({})), on="slow")
    worker = world.start_worker()
    job = await world.submit(SLOW)
    await world.until(job, lambda graph: graph.tasks[0].retry_at)
    await world.advance(3600)
    await world.ended(job)
    assert await lines(world, job) == 2
    now = world.clock.now()
    await world.real.write(lambda work: restart_job(work, world.who, job.job.id, now))
    await world.ended(job)
    assert await lines(world, job) == 1
    await stopped(worker)
    assert left(world) == []


async def test_a_cancelled_job_leaves_nothing(world: World) -> None:
    begun = asyncio.Event()
    world.runner.play(counting(Done({}), begun), on="slow")
    worker = world.start_worker()
    job = await world.submit(SLOW)
    await reached(begun)
    await world.cancel(job)
    assert (await world.ended(job)).job.state is JobState.CANCELLED
    await stopped(worker)
    assert left(world) == []


async def test_what_belongs_to_nobody_is_swept_and_what_waits_is_kept(world: World) -> None:
    begun = asyncio.Event()
    world.runner.play(counting(Done({}), begun), on="slow")
    worker = world.start_worker()
    await world.submit(SLOW)
    await reached(begun)
    await stopped(worker)
    (kept,) = left(world)
    for name in ("99-99-1", "stray"):
        (world.spool_folder / name).mkdir()
    await Spools(world.spool_folder).sweep(world.database)
    assert left(world) == [kept]


async def test_an_engine_that_does_not_ask_gets_none(world: World) -> None:
    world.runner.play(end_with(Done({})))
    world.start_worker()
    await world.ended(await world.submit())
    assert [call.spool for call in world.runner.calls] == [None]
    assert not world.spool_folder.exists()
