"""Cancel, fencing and the worker's own end, at each point of an attempt's life."""

import asyncio

import pytest

from jobmill.core.engines import Done, EngineCall, Outcome
from jobmill.core.engines.ports import AttemptListener
from jobmill.core.events import EventType
from jobmill.core.jobs.service import delete_job, job_results, recover_tasks
from jobmill.core.jobs.states import JobState, TaskState
from tests.runtime.world import ONE, TWO, Stage, World, reached, succeed

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("starts", [False, True])
async def test_a_cancel_stops_the_engine_whether_it_has_begun_or_not(
    world: World, starts: bool
) -> None:
    stage = Stage(starts=starts)
    world.runner.play(stage, succeed)
    world.start_worker(slots=1)
    job = await world.submit()
    await reached(stage.reached)
    await world.cancel(job)
    await reached(stage.stopped)
    ended = await world.ended(job)
    assert ended.job.state is JobState.CANCELLED
    assert ended.job.reason
    assert ended.job.reason.code == "cancelled"
    assert [each.state for each in await world.attempts(job)] == ["cancelled"]
    following = await world.submit()
    assert (await world.ended(following)).job.state is JobState.COMPLETED, "the slot is free"


async def test_a_cancelled_engine_that_takes_its_time_is_told_once(world: World) -> None:
    told, leave = [], asyncio.Event()

    async def slow_to_leave(call: EngineCall, listener: AttemptListener) -> Outcome:
        listener.started()
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("stop")
            try:
                await leave.wait()
            except asyncio.CancelledError:
                told.append("again")
            raise
        raise AssertionError("not reached")

    begun = asyncio.Event()
    world.runner.play(slow_to_leave, succeed)
    world.start_worker(slots=2)
    job = await world.submit()
    await reached(begun)
    await world.cancel(job)
    await world.ended(await world.submit())  # several looks pass meanwhile
    await world.ended(await world.submit())
    assert (await world.graph(job)).job.state is JobState.CANCELLING
    leave.set()
    assert (await world.ended(job)).job.state is JobState.CANCELLED
    assert told == ["stop"]


async def test_a_cancel_while_the_end_is_written_leaves_the_job_ended(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await world.task_in(job, TaskState.RUNNING)
    world.database.full = True
    stage.go.set()
    await reached(world.database.refused)
    await world.cancel(job)
    world.database.full = False
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED, "it had succeeded before it was cancelled"
    assert await world.real.read(lambda work: job_results(work, world.who, job.job.id))


async def test_a_cancel_while_notes_are_written_still_ends_the_job(world: World) -> None:
    for _ in range(10):
        stage = Stage()
        world.runner.play(stage)
        worker = world.start_worker()
        job = await world.submit()
        await reached(stage.reached)
        assert stage.listener
        stage.listener.log("info", "x")
        await world.task_in(job, TaskState.RUNNING)
        await world.cancel(job)
        assert (await world.ended(job)).job.state is JobState.CANCELLED
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_cancelling_stops_only_the_jobs_own_engines(world: World) -> None:
    doomed, other = Stage(), Stage()
    world.runner.play(doomed, other)
    world.start_worker()
    first = await world.submit()
    await reached(doomed.reached)
    second = await world.submit()
    await reached(other.reached)
    await world.cancel(first)
    await world.ended(first)
    other.go.set()
    assert (await world.ended(second)).job.state is JobState.COMPLETED


async def test_a_running_job_that_is_deleted_is_stopped(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    now = world.clock.now()
    await world.real.write(lambda work: delete_job(work, world.who, job.job.id, now))
    await reached(stage.stopped)
    assert (await world.ended(job)).job.state is JobState.CANCELLED


async def give_away(world: World, stage: Stage) -> None:
    """As if the worker had been taken for dead: its tasks are ready for anybody."""
    now = world.clock.now()
    count = await world.real.write(lambda work: recover_tasks(work, [ONE], "taken for dead", now))
    assert count == 1


async def test_an_engine_whose_task_was_given_away_is_stopped_even_if_it_says_nothing(
    world: World,
) -> None:
    zombie, heir = Stage(starts=False), Stage()
    world.runner.play(zombie, heir)
    world.start_worker(slots=1)
    job = await world.submit()
    await reached(zombie.reached)
    world.start_worker(TWO, slots=1)
    await give_away(world, zombie)
    await reached(zombie.stopped)
    await reached(heir.reached)
    heir.go.set()
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED
    assert [each.state for each in await world.attempts(job)] == ["lost", "done"]


async def test_a_zombies_result_is_refused(world: World) -> None:
    zombie = Stage(outcome=Done({"from": "zombie"}))
    heir = Stage(outcome=Done({"from": "heir"}))
    world.runner.play(zombie, heir)
    first = world.start_worker(slots=1)
    job = await world.submit()
    await reached(zombie.reached)
    await world.task_in(job, TaskState.RUNNING)
    world.database.full = True  # the first worker is cut off, and so notices nothing
    await give_away(world, zombie)
    zombie.go.set()
    await reached(world.database.refused)
    world.database.full = False
    await reached(heir.reached)
    heir.go.set()
    await world.ended(job)
    results = await world.real.read(lambda work: job_results(work, world.who, job.job.id))
    assert [result.document for result in results] == [{"from": "heir"}]
    assert not first.done()


async def test_a_worker_that_gets_its_own_task_again_keeps_the_two_attempts_apart(
    world: World,
) -> None:
    zombie, heir = Stage(), Stage(outcome=Done({"from": "heir"}))
    world.runner.play(zombie, heir)
    world.start_worker(slots=2)
    job = await world.submit()
    await reached(zombie.reached)
    await give_away(world, zombie)
    await reached(heir.reached)
    await reached(zombie.stopped)
    assert (await world.graph(job)).tasks[0].attempt == 2
    heir.go.set()
    assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_a_worker_that_stops_gives_its_tasks_back_and_another_finishes_them(
    world: World,
) -> None:
    stages = [Stage(), Stage()]
    world.runner.play(*stages, succeed)
    worker = world.start_worker(slots=2)
    jobs = [await world.submit(), await world.submit()]
    for stage in stages:
        await reached(stage.reached)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert all(stage.stopped.is_set() for stage in stages)
    for job in jobs:
        graph = await world.graph(job)
        assert graph.tasks[0].state is TaskState.READY
        assert graph.tasks[0].failures == 0
        assert (await world.events(job))[-1].type is EventType.TASK_RECOVERED
    assert await world.real.read(lambda work: work.workers.holders()) == []
    world.start_worker(TWO)
    for job in jobs:
        assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_a_worker_that_stops_finishes_writing_what_has_ended(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    worker = world.start_worker()
    job = await world.submit()
    await world.task_in(job, TaskState.RUNNING)
    world.database.full = True
    stage.go.set()
    await reached(world.database.refused)
    worker.cancel()
    world.database.full = False
    await asyncio.gather(worker, return_exceptions=True)
    assert (await world.graph(job)).job.state is JobState.COMPLETED


async def test_a_cancelled_job_of_a_worker_that_stops_is_cancelled(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    worker = world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    await world.cancel(job)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert (await world.graph(job)).job.state is JobState.CANCELLED


async def test_a_worker_that_comes_back_recovers_what_it_held(world: World) -> None:
    stage = Stage()
    world.runner.play(stage, succeed)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    # Its process has gone without a word, and a new one has its name.
    world.start_worker()
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED
    assert [each.state for each in await world.attempts(job)] == ["lost", "done"]
    recovered = [e for e in await world.events(job) if e.type is EventType.TASK_RECOVERED]
    assert len(recovered) == 1
