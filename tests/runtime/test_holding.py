"""Jobs that are held back, whose time comes, and many jobs at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.ids import JobNumber
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import JobQuery
from jobmill.core.jobs.service import JobInput, SubmitJob, cancel_job, pause_job, resume_job
from jobmill.core.jobs.service.batches import create_batch
from jobmill.core.jobs.service.bulk import start_bulk
from jobmill.core.jobs.service.filters import JobFilter
from jobmill.core.jobs.service.job_input import Outside
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.runtime import sweeps
from jobmill.runtime.maintenance import Maintenance
from jobmill.runtime.sweeps import BulkSweep, SearchSweep
from tests.runtime.world import ONE, TWO, Stage, World, reached

pytestmark = pytest.mark.anyio


async def nothing(_: object = None) -> None:
    """There is nobody to recover or to sweep."""


def care_of(world: World) -> Maintenance:
    return Maintenance(world.database, world.real.bell, world.clock, nothing, nothing)


async def pause(world: World, job: JobGraph, *, stop: bool = False) -> None:
    now, number = world.clock.now(), job.job.number
    await world.real.write(lambda work: pause_job(work, world.who, number, now, stop=stop))


async def resume(world: World, job: JobGraph) -> None:
    now, number = world.clock.now(), job.job.number
    await world.real.write(lambda work: resume_job(work, world.who, number, now))


async def batch(world: World, count: int, **fields: Any) -> str:
    command = SubmitJob(JobInput(json=1), tasks=({"name": "a", "engine": "noop"},), **fields)
    outside, now = Outside(world.catalog, world.roots, world.fetcher), world.clock.now()
    made = await world.real.write(
        lambda work: create_batch(work, outside, world.who, None, [command] * count, now)
    )
    return made.id


async def counts(world: World, of: str) -> dict[JobState, int]:
    def look(work: Any) -> dict[JobState, int]:
        return dict(work.batches.get(work.batches.number_of(world.who.organization, of)).counts)

    return await world.real.read(look)


async def test_a_pause_that_stops_ends_the_engine_and_a_resume_begins_anew(world: World) -> None:
    first, second = Stage(), Stage()
    world.runner.play(first, second)
    world.start_worker()
    job = await world.submit()
    await reached(first.reached)
    await pause(world, job, stop=True)
    await reached(first.stopped)
    held = await world.graph(job)
    assert (held.job.state, held.tasks[0].state) == (JobState.PAUSED, TaskState.WAITING)
    await resume(world, job)
    await reached(second.reached)
    second.go.set()
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    assert [each.state for each in await world.attempts(job)] == ["stopped", "done"]


async def test_a_paused_job_starts_nothing_new(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit("a", "b", routes=[("a", "b")])
    await reached(stage.reached)
    await pause(world, job)
    stage.go.set()
    done = await world.task_in(job, TaskState.DONE)
    assert (done.job.state, done.named("b").state) == (JobState.PAUSED, TaskState.WAITING)
    await resume(world, job)
    assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_what_expired_while_nobody_looked_is_expired_at_the_first_tick(
    world: World,
) -> None:
    at = world.clock.now() + timedelta(seconds=60)
    many = await batch(world, 230, expires_at=at)
    kept = await world.submit(expires_at=at + timedelta(days=9))
    await care_of(world).tick()
    assert await counts(world, many) == {JobState.QUEUED: 230}
    world.clock.advance(seconds=3600)
    await care_of(world).tick()
    assert await counts(world, many) == {JobState.EXPIRED: 230}
    assert (await world.graph(kept)).job.state is JobState.QUEUED


async def test_a_running_job_is_stopped_when_its_time_is_over(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit(expires_at=world.clock.now() + timedelta(seconds=9))
    await reached(stage.reached)
    await world.advance(9)
    await care_of(world).tick()
    await reached(stage.stopped)
    ended = await world.ended(job)
    assert ended.job.state is JobState.EXPIRED
    assert ended.job.reason
    assert ended.job.reason.code == "expired"


async def test_all_that_retention_has_over_is_removed_at_one_tick(world: World) -> None:
    many = await batch(world, 230, retain_for=timedelta(days=1))
    world.clock.advance(seconds=2 * 86400)
    care = care_of(world)
    await care.tick()
    await care.tick()  # a job that has not ended is stopped first
    everything = JobQuery(world.who.organization)
    assert await world.real.read(lambda work: work.jobs.count(everything)) == 0
    gone = await world.real.read(lambda work: work.batches.number_of(world.who.organization, many))
    assert gone is None


async def begin_bulk(world: World, action: BulkAction, of: str) -> JobGraph:
    now, wanted = world.clock.now(), JobFilter(batch=of)
    return await world.real.write(lambda work: start_bulk(work, world.who, action, wanted, {}, now))


async def test_a_bulk_action_goes_on_where_a_dead_server_left_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = await batch(world, 250)
    job = await begin_bulk(world, BulkAction.CANCEL, many)
    step, steps = sweeps.step_bulk, []

    def dies_at_the_second(work: Any, *args: Any) -> bool:
        if len(steps) == 1:
            raise asyncio.CancelledError
        steps.append(1)
        return step(work, *args)

    monkeypatch.setattr(sweeps, "step_bulk", dies_at_the_second)
    with pytest.raises(asyncio.CancelledError):
        await BulkSweep(ONE, world.database, world.clock).sweep()
    assert await counts(world, many) == {JobState.QUEUED: 150, JobState.CANCELLED: 100}
    monkeypatch.setattr(sweeps, "step_bulk", step)
    await BulkSweep(ONE, world.database, world.clock).sweep()
    assert await counts(world, many) == {JobState.CANCELLED: 250}
    (result,) = await world.real.read(lambda work: work.results.of_job(job.job.number))
    assert (result.document["changed"], result.document["skipped"]) == (250, 0)


async def test_a_killed_servers_bulk_action_is_taken_up_at_once_by_its_next_life(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = await batch(world, 250)
    await begin_bulk(world, BulkAction.CANCEL, many)
    killed = BulkSweep(ONE, world.database, world.clock)

    async def stuck(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(killed, "_run", stuck)
    monkeypatch.setattr(killed._seat, "_leave", lambda *_: None)
    with pytest.raises(asyncio.CancelledError):
        await killed.sweep()
    await BulkSweep(TWO, world.database, world.clock).sweep()
    assert await counts(world, many) == {JobState.QUEUED: 250}, "another's is not taken"
    await BulkSweep(ONE, world.database, world.clock).sweep()
    assert await counts(world, many) == {JobState.CANCELLED: 250}


async def test_a_cancelled_bulk_action_stops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many = await batch(world, 250)
    job = await begin_bulk(world, BulkAction.CANCEL, many)
    step = sweeps.step_bulk

    def cancelled_after(work: Any, *args: Any) -> bool:
        more = step(work, *args)
        now = world.clock.now()
        cancel_job(work, world.who, job.job.number, now)
        return more

    monkeypatch.setattr(sweeps, "step_bulk", cancelled_after)
    await BulkSweep(ONE, world.database, world.clock).sweep()
    assert (await world.graph(job)).job.state is JobState.CANCELLED
    assert await counts(world, many) == {JobState.QUEUED: 150, JobState.CANCELLED: 100}


async def test_words_of_results_are_indexed_and_empty_jobs_cost_no_row(world: World) -> None:
    world.start_worker()
    plain = await world.submit()
    await world.ended(plain)
    task = {"name": "a", "engine": "noop", "params": {"word": "axolotl"}}
    telling = await world.submit(task)
    await world.ended(telling)
    await SearchSweep(world.database).sweep()

    def find(work: Any) -> list[JobNumber]:
        found = work.search.find(world.who.organization, '"axolotl"', None, 9)
        return [each.job.number for each in found]

    assert await world.real.read(find) == [telling.job.number]
    stranger = await world.real.read(
        lambda work: work.search.find(world.who.organization + 1, '"axolotl"', None, 9)
    )
    assert stranger == []
