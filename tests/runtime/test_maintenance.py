"""Retention, and the tasks of workers that do not live any more."""

import asyncio
from datetime import timedelta

import pytest

from jobmill.core.events import EventType
from jobmill.core.ids import JobNumber, WorkerName
from jobmill.core.items import Asset, AssetSource, AssetState, Blob
from jobmill.core.jobs.model import JobGraph, Part, Worker
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, cancel_job, delete_job
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.runtime import maintenance
from jobmill.runtime.maintenance import DEAD_AFTER_TICKS, Maintenance
from tests.adapters.stores.seeds import take
from tests.runtime.world import ONE, Stage, World, reached, succeed

pytestmark = pytest.mark.anyio


class Care:
    """A maintenance whose ticks are counted out by hand, and what it did on the way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[str] = []
        self._maintenance = Maintenance(
            world.database, world.real.bell, world.clock, self._recover_abandoned, self._sweep
        )

    async def tick(self, times: int = 1) -> None:
        for _ in range(times):
            await self._maintenance.tick()

    async def _recover_abandoned(self) -> None:
        self.done.append("abandoned")

    async def _sweep(self, worker: WorkerName) -> None:
        held = await self.world.real.read(lambda work: work.jobs.running_of_workers([worker]))
        assert held, "engines are swept before their tasks are given back"
        self.done.append(f"sweep {worker}")


@pytest.fixture
def care(world: World) -> Care:
    return Care(world)


async def beat(world: World, worker: WorkerName = ONE) -> None:
    now = world.clock.now()
    await world.real.write(lambda work: work.workers.beat(Worker(worker, 1, "h", 2, now, now)))


async def held_job(world: World, worker: WorkerName = ONE) -> JobGraph:
    job = await world.submit()
    await world.real.write(lambda work: take(work, job, worker=worker))
    return job


async def test_a_silent_worker_loses_its_tasks_after_so_many_ticks(
    world: World, care: Care
) -> None:
    await beat(world)
    job = await held_job(world)
    await care.tick(DEAD_AFTER_TICKS)
    assert (await world.graph(job)).tasks[0].state is TaskState.STARTING
    await care.tick()
    assert (await world.graph(job)).tasks[0].state is TaskState.READY
    assert f"sweep {ONE}" in care.done
    (event,) = [e for e in await world.events(job) if e.type is EventType.TASK_RECOVERED]
    assert "heartbeat" in event.data["reason"]
    assert [each.state for each in await world.attempts(job)] == ["lost"]


async def test_a_worker_that_beats_keeps_its_tasks_whatever_the_clock_says(
    world: World, care: Care
) -> None:
    job = await held_job(world)
    for jump in (3600.0, -7200.0, 5.0, 86400.0):
        world.clock.advance(seconds=jump)
        await beat(world)
        await care.tick(DEAD_AFTER_TICKS)
        world.clock.advance(seconds=jump)  # the clock jumps between two beats
    assert (await world.graph(job)).tasks[0].state is TaskState.STARTING


async def test_a_worker_beats_on_when_the_clock_is_set_back(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    ((_, before),) = await world.real.read(lambda work: work.workers.holders())
    await world.advance(-3600)
    async with asyncio.timeout(10):
        while (await world.real.read(lambda work: work.workers.holders()))[0][1] == before:
            await world.real.bell.wait(world.real.bell.count, 5)
    stage.go.set()
    await world.ended(job)


async def test_abandoned_seats_are_looked_at_while_somebody_holds_tasks(
    world: World, care: Care
) -> None:
    await care.tick(2)
    assert care.done == []
    await held_job(world)
    await care.tick(2)
    assert care.done == ["abandoned", "abandoned"]


async def test_a_dead_workers_cancelled_job_is_cancelled(world: World, care: Care) -> None:
    job = await held_job(world)
    await world.cancel(job)
    assert (await world.graph(job)).job.state is JobState.CANCELLING
    await care.tick(DEAD_AFTER_TICKS + 1)
    assert (await world.graph(job)).job.state is JobState.CANCELLED


async def test_while_nothing_can_be_written_nobody_is_declared_dead(
    world: World, care: Care
) -> None:
    job = await held_job(world)
    await care.tick(DEAD_AFTER_TICKS)
    world.database.full = True
    with pytest.raises(Exception, match="full"):
        await care.tick()
    world.database.full = False
    await care.tick(DEAD_AFTER_TICKS)
    assert (await world.graph(job)).tasks[0].state is TaskState.STARTING


async def gone(world: World, job: JobGraph) -> bool:
    return await world.real.read(lambda work: work.jobs.graph(job.job.number)) is None


async def test_a_job_goes_when_its_time_is_over_and_not_before(world: World, care: Care) -> None:
    world.start_worker()
    job = await world.submit(retain_for=timedelta(days=1))
    keeper = await world.submit()
    await world.ended(job)
    world.clock.advance(hours=23)
    await care.tick()
    assert not await gone(world, job)
    world.clock.advance(hours=1)
    await care.tick()
    assert await gone(world, job)
    assert not await gone(world, keeper)


async def test_a_running_job_whose_time_is_over_is_stopped_and_then_goes(
    world: World, care: Care
) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit(retain_for=timedelta(days=1))
    await reached(stage.reached)
    world.clock.advance(days=1)
    await care.tick()
    await reached(stage.stopped)
    await world.ended(job)
    await care.tick()
    assert await gone(world, job)


async def test_a_deleted_job_goes_with_the_next_tick(world: World, care: Care) -> None:
    world.start_worker()
    job = await world.ended(await world.submit())
    now = world.clock.now()
    await world.real.write(lambda work: delete_job(work, world.who, job.job.id, now))
    await care.tick()
    assert await gone(world, job)


async def test_a_purge_takes_the_jobs_own_assets_and_leaves_uploads(
    world: World, care: Care
) -> None:
    world.fetcher.pages["http://h/x"] = [b"fetched"]
    world.start_worker()
    fetched = await world.submit(given=JobInput(url="http://h/x"), retain_for=timedelta(days=1))
    await world.ended(fetched)
    asset = await world.real.write(
        lambda work: work.assets.add(
            world.who.organization,
            "n",
            "x/y",
            AssetSource.UPLOAD,
            AssetState.READY,
            world.clock.now(),
            blob=Blob("0" * 64, 1),
        )
    )
    uploaded = await world.submit(given=JobInput(asset=asset.id), retain_for=timedelta(days=1))
    await world.ended(uploaded)
    world.clock.advance(days=1)
    await care.tick()
    assert await gone(world, fetched)
    assert await gone(world, uploaded)

    assert fetched.job.asset
    assert fetched.job.item
    assert uploaded.job.item
    assert await world.real.read(lambda work: work.assets.get(fetched.job.asset)) is None
    assert await world.real.read(lambda work: work.items.get(fetched.job.item)) is None
    assert await world.real.read(lambda work: work.items.get(uploaded.job.item)) is None
    assert await world.real.read(lambda work: work.assets.get(asset.number)) == asset


async def test_an_asset_goes_when_its_time_is_over_unless_a_job_needs_it(
    world: World, care: Care
) -> None:
    async def upload(name: str) -> Asset:
        def add(work: UnitOfWork) -> Asset:
            kind, state, now = AssetSource.UPLOAD, AssetState.READY, world.clock.now()
            until = now + timedelta(days=7)
            blob = Blob(name * 64, 1)
            return work.assets.add(
                world.who.organization, name, "x/y", kind, state, now, blob=blob, retain_until=until
            )

        return await world.real.write(add)

    async def look(asset: Asset) -> Asset | None:
        return await world.real.read(lambda work: work.assets.get(asset.number))

    free, used, needed = await upload("a"), await upload("b"), await upload("c")
    world.start_worker()
    await world.ended(await world.submit(given=JobInput(asset=used.id)))
    open_job = await world.submit(given=JobInput(asset=needed.id), parked=True)

    await care.tick()
    assert await look(free) == free
    world.clock.advance(days=7)
    await care.tick()
    assert await look(free) is None
    found = await look(used)
    assert found is not None
    assert (found.state, found.retain_until) == (AssetState.PURGED, None)
    assert (await look(needed) or free).state is AssetState.READY

    now = world.clock.now()
    await world.real.write(lambda work: cancel_job(work, world.who, open_job.job.id, now))
    await care.tick()
    assert (await look(needed) or free).state is AssetState.READY, "it is looked at again later"
    world.clock.advance(hours=1)
    await care.tick()
    assert (await look(needed) or free).state is AssetState.PURGED


async def test_a_job_that_cannot_be_purged_does_not_keep_the_others(
    world: World, care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = await world.submit(retain_for=timedelta(hours=1))
    other = await world.submit(retain_for=timedelta(hours=2))
    for job in (stuck, other):
        await world.cancel(job)
    real = maintenance.purge_job

    def purge(work: object, number: JobNumber, now: object) -> bool:
        if number == stuck.job.number:
            raise ValueError("a row that nobody foresaw")
        return real(work, number, now)  # type: ignore[arg-type]

    monkeypatch.setattr(maintenance, "purge_job", purge)
    world.clock.advance(days=1)
    await care.tick()
    assert await gone(world, other)
    assert not await gone(world, stuck)


async def test_parts_that_only_a_purged_job_used_are_dropped(world: World, care: Care) -> None:
    world.runner.play(succeed)
    world.start_worker()
    job = await world.ended(await world.submit(retain_for=timedelta(days=1)))
    part = Part("out", 0, "1" * 64, 3, "a/b")
    await world.real.write(
        lambda work: work.parts.add(job.tasks[0].number, 1, [part], job.job.organization)
    )
    world.clock.advance(days=1)
    await care.tick()
    blobs = await world.real.read(
        lambda work: work.jobs._db.all("SELECT * FROM blob")  # type: ignore[attr-defined]
    )
    assert blobs == []


class CountedBell:
    """A bell that tells how long somebody wants to wait, and lets them wait until it is rung."""

    def __init__(self) -> None:
        self.count = 0
        self.asked: asyncio.Queue[float] = asyncio.Queue()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self.count += 1
        self._rung.set()

    async def wait(self, seen: int, seconds: float) -> int:
        self.asked.put_nowait(seconds)
        await self._rung.wait()
        self._rung.clear()
        return self.count


async def nothing(_: object = None) -> None:
    """There is nobody to recover or to sweep."""


async def test_it_sleeps_until_the_next_moment_that_is_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "TICK_SECONDS", 0.01)
    bell = CountedBell()
    care = asyncio.create_task(
        Maintenance(world.database, bell, world.clock, nothing, nothing).run()
    )
    async with asyncio.timeout(20):
        assert await bell.asked.get() == pytest.approx(maintenance.LONGEST_SLEEP, abs=0.1)
        job = await world.submit(expires_at=world.clock.now() + timedelta(seconds=40))
        await world.submit(retain_for=timedelta(seconds=50))
        bell.ring()
        assert await bell.asked.get() == pytest.approx(40, abs=0.1)
        world.clock.advance(seconds=40)
        bell.ring()
        assert await bell.asked.get() == pytest.approx(10, abs=0.1)
    assert (await world.graph(job)).job.state is JobState.EXPIRED
    care.cancel()


async def test_while_tasks_are_held_it_looks_at_each_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "TICK_SECONDS", 0.01)
    await beat(world)
    await held_job(world)
    buried, bell = asyncio.Event(), CountedBell()

    async def sweep(_: WorkerName) -> None:
        buried.set()

    care = asyncio.create_task(Maintenance(world.database, bell, world.clock, nothing, sweep).run())
    await reached(buried)
    async with asyncio.timeout(20):
        await bell.asked.get()
    care.cancel()


async def test_what_was_due_while_nobody_looked_is_done_at_the_first_tick(
    world: World, care: Care
) -> None:
    job = await world.submit(expires_at=world.clock.now() + timedelta(seconds=5))
    old = await world.submit(retain_for=timedelta(seconds=5))
    await world.cancel(old)
    world.clock.advance(days=3)
    await care.tick()
    assert (await world.graph(job)).job.state is JobState.EXPIRED
    assert await gone(world, old)
