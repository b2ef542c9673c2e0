"""What an engine tells while it works: written soon, never falling, fenced like everything."""

import pytest

from jobmill.core.engines import Progress
from jobmill.core.events import EventType
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.progress import task_percent
from jobmill.core.jobs.service import recover_tasks
from jobmill.core.jobs.states import JobState, TaskState
from tests.runtime.world import ONE, Stage, World, reached

pytestmark = pytest.mark.anyio


async def log_of(world: World, job: JobGraph) -> list[tuple[str, str]]:
    attempts = await world.attempts(job)
    lines = await world.real.read(
        lambda work: [
            line for each in attempts for _, line in work.attempts.log(each.number, 0, 99)
        ]
    )
    return [(line.level, line.text) for line in lines]


async def test_start_progress_and_log_are_written_while_the_engine_works(world: World) -> None:
    stage = Stage()
    world.runner.play(stage, on="scan")
    world.start_worker()
    job = await world.submit(features=("X", "Y"))
    await reached(stage.reached)
    assert stage.listener
    stage.listener.progress(Progress("X", 5, 10, "s"))
    stage.listener.progress(Progress("Y", 1, 10, "s"))
    stage.listener.log("warning", "ünusual")
    shown = await world.until(job, lambda graph: graph.tasks[0].progress)
    assert shown.tasks[0].state is TaskState.RUNNING
    assert task_percent(shown.tasks[0]) == 30
    assert shown.tasks[0].started_at
    assert await log_of(world, job) == [("warning", "ünusual")]
    stage.listener.progress(Progress("X", 10, 10, "s"))
    await world.until(job, lambda graph: task_percent(graph.tasks[0]) == 54)
    stage.go.set()
    await world.ended(job)
    started = [e for e in await world.events(job) if e.type is EventType.TASK_STARTED]
    assert len(started) == 1


async def test_what_was_told_last_is_written_with_the_end(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    assert stage.listener
    stage.go.set()
    stage.listener.log("info", "the last word")
    await world.ended(job)
    assert await log_of(world, job) == [("info", "the last word")]
    (attempt,) = await world.attempts(job)
    assert attempt.started_at


async def test_another_attempt_does_not_take_back_what_the_first_had_shown(world: World) -> None:
    first, second = Stage(), Stage()
    world.runner.play(first, second)
    world.start_worker()
    job = await world.submit()
    await reached(first.reached)
    assert first.listener
    first.listener.progress(Progress(None, 80, 100, "s"))
    await world.until(job, lambda graph: task_percent(graph.tasks[0]) == 80)
    now = world.clock.now()
    await world.real.write(lambda work: recover_tasks(work, [ONE], "gone", now))
    await reached(second.reached)
    assert second.listener
    second.listener.progress(Progress(None, 10, 100, "s"))
    graph = await world.until(job, lambda graph: graph.tasks[0].started_at)
    assert task_percent(graph.tasks[0]) == 80
    second.listener.progress(Progress(None, 90, 100, "s"))
    await world.until(job, lambda graph: task_percent(graph.tasks[0]) == 90)
    second.go.set()
    await world.ended(job)


async def test_notes_that_cannot_be_written_now_are_written_later(world: World) -> None:
    stage = Stage(starts=False)
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    assert stage.listener
    world.database.full = True
    stage.listener.started()
    stage.listener.log("info", "kept")
    await reached(world.database.refused)
    world.database.full = False
    stage.listener.log("info", "later")
    await world.task_in(job, TaskState.RUNNING)
    assert await log_of(world, job) == [("info", "kept"), ("info", "later")]
    stage.go.set()
    assert (await world.ended(job)).job.state is JobState.COMPLETED
