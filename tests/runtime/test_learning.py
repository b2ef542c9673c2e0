"""What a worker learns from tasks that end."""

from collections.abc import AsyncIterator

import pytest

from jobmill.core.engines import (
    AttemptListener,
    Done,
    EngineCall,
    Failed,
    FailureClass,
    Outcome,
    Progress,
)
from jobmill.core.items import Naming, add_upload
from jobmill.core.jobs.service import JobInput, get_job
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.speeds import BYTES, Speed, SpeedKey
from tests.runtime.world import Act, Stage, World, reached

pytestmark = pytest.mark.anyio
NOOP = SpeedKey.of("noop", ())


def lasting(world: World, seconds: float, outcome: Outcome, *reports: Progress) -> Act:
    async def act(call: EngineCall, listener: AttemptListener) -> Outcome:
        listener.started()
        world.clock.advance(seconds=seconds)
        for report in reports:
            listener.progress(report)
        return outcome

    return act


async def learnt(world: World) -> dict[str, Speed]:
    found = await world.real.read(lambda work: work.speeds.of([NOOP]))
    return dict(found.get(NOOP, {}))


async def test_a_task_that_ends_well_teaches_by_what_its_engine_counted(world: World) -> None:
    counted = Progress(None, 99.0, 100.0, "frames")
    world.runner.play(lasting(world, 20, Done({}), counted))
    world.start_worker()
    await world.ended(await world.submit())
    speeds = await learnt(world)
    assert set(speeds) == {"frames"}
    assert speeds["frames"].seconds_for(50) == pytest.approx(10)


async def test_the_size_of_the_input_teaches_too(world: World) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"." * 500

    stored = await world.blobs.put(world.who.organization, chunks(), 1000)
    asset = await world.real.write(
        lambda work: add_upload(
            work.assets, world.who, Naming("a", "text/plain"), stored, world.clock.now()
        )
    )
    world.runner.play(lasting(world, 5, Done({}), Progress(None, 1.0, 1.0, "pages")))
    world.start_worker()
    await world.ended(await world.submit(given=JobInput(asset=asset.id)))
    speeds = await learnt(world)
    assert set(speeds) == {"pages", BYTES}
    assert speeds[BYTES].seconds_for(1000) == pytest.approx(10)


@pytest.mark.parametrize(
    ("outcome", "reports"),
    [
        (Done({}), []),
        (Done({}), [Progress(None, 5.0, None, "frames")]),
        (Failed(FailureClass.INPUT, "bad", "Bad."), [Progress(None, 5.0, 9.0, "frames")]),
    ],
)
async def test_silence_failures_and_unknown_totals_teach_nothing(
    world: World, outcome: Outcome, reports: list[Progress]
) -> None:
    world.runner.play(lasting(world, 20, outcome, *reports))
    world.start_worker()
    await world.ended(await world.submit())
    assert await learnt(world) == {}


async def test_the_next_job_knows_how_long_it_takes(world: World) -> None:
    counted = Progress(None, 100.0, 100.0, "frames")
    stage = Stage()
    world.runner.play(lasting(world, 20, Done({}), counted), stage)
    world.start_worker()
    await world.ended(await world.submit())
    job = await world.submit()
    await reached(stage.reached)
    assert stage.listener is not None
    stage.listener.progress(Progress(None, 0.0, 200.0, "frames"))
    await world.until(job, lambda graph: graph.tasks[0].progress)
    await world.task_in(job, TaskState.RUNNING)

    async def left() -> float | None:
        now = world.clock.now()
        view = await world.real.read(
            lambda work: get_job(work, world.catalog, world.who, job.job.id, now)
        )
        return view.outlook.job.seconds_left

    assert await left() == pytest.approx(40)
    await world.advance(10)
    assert await left() == pytest.approx(30)
    stage.go.set()
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED
    assert await left() == 0
