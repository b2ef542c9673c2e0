"""What a worker makes of ready tasks: results, failures, retries, in the right order and number."""

import pytest

from jobmill.core.engines import (
    Done,
    EngineCall,
    EngineOutput,
    EngineWarning,
    FailureClass,
    Outcome,
)
from jobmill.core.engines.ports import AttemptListener
from jobmill.core.events import EventType
from jobmill.core.jobs.service import job_results
from jobmill.core.jobs.states import JobState, TaskState
from tests.core.graphs import ListedEngines, failed
from tests.runtime.world import TWO, Stage, World, end_with, reached, sha256, succeed

pytestmark = pytest.mark.anyio


async def surprise(call: EngineCall, listener: AttemptListener) -> Outcome:
    raise ZeroDivisionError("half a character: \udc80")


async def test_a_job_runs_to_its_results(world: World) -> None:
    world.start_worker()
    job = await world.submit({"name": "a", "engine": "noop", "params": {"p": 1}})
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED
    assert ended.tasks[0].attempt == 1
    results = await world.real.read(lambda work: job_results(work, world.who, job.job.id))
    assert [(r.task, r.feature, r.document) for r in results] == [("a", None, {"echo": {"p": 1}})]
    assert results[0].provenance.engine == "noop"
    (attempt,) = await world.attempts(job)
    assert (attempt.state, attempt.worker, attempt.attempt) == ("done", "worker-1", 1)
    assert attempt.started_at
    types = [event.type for event in await world.events(job)]
    assert types[0] is EventType.JOB_CREATED
    assert types[-2:] == [EventType.TASK_DONE, EventType.JOB_COMPLETED]
    assert types.count(EventType.TASK_CLAIMED) == 1


async def test_nothing_is_left_in_the_work_folder(world: World) -> None:
    world.runner.play(succeed, end_with(failed(FailureClass.INPUT)), surprise)
    world.start_worker()
    for _ in range(2):
        await world.ended(await world.submit())
    job = await world.submit()
    await world.until(job, lambda graph: graph.tasks[0].failures)
    await world.end()
    assert [place for place in world.work_folder.rglob("*") if place.is_file()] == []
    assert len(world.runner.calls) == 3


async def test_what_an_engine_writes_is_kept_and_reaches_its_child(world: World) -> None:
    async def write(call: EngineCall, listener: AttemptListener) -> Outcome:
        files = []
        for i, text in enumerate((b"one", b"two")):
            path = call.workdir / f"out{i}"
            path.write_bytes(text)
            files.append(EngineOutput("out", path, "text/plain"))
        return Done({}, tuple(files))

    world.runner.play(write, succeed)
    world.start_worker()
    job = await world.ended(await world.submit("a", "b", routes=[("a", "b")]))
    assert job.job.state is JobState.COMPLETED
    parts = await world.real.read(lambda work: work.parts.of_task(job.named("a").number))
    assert [(p.port, p.number, p.sha256) for p in parts] == [
        ("out", 0, sha256(b"one")),
        ("out", 1, sha256(b"two")),
    ]
    assert world.runner.seen[0] == {"input.json": b'{"n":1}'}
    assert world.runner.seen[1] == {"a.out.0.txt": b"one", "a.out.1.txt": b"two"}
    assert [file.port for file in world.runner.calls[1].inputs] == ["in", "in"]


async def test_a_feature_that_failed_alone_leaves_the_others_and_a_warning(world: World) -> None:
    found = {"features": {"X": {"spans": []}}, "media": {"duration_ms": 5}}
    warning = EngineWarning("detector_failed", "Y could not be done.", "Y")
    world.runner.play(end_with(Done(found, (), (warning,))), on="scan")
    world.start_worker()
    job = await world.ended(await world.submit(features=("X", "Y")))
    assert job.job.state is JobState.COMPLETED
    assert [(w.code, w.feature, w.task) for w in job.job.warnings] == [
        ("detector_failed", "Y", "scan")
    ]
    results = await world.real.read(lambda work: job_results(work, world.who, job.job.id))
    assert [(r.feature, r.media) for r in results] == [("X", {"duration_ms": 5})]


@pytest.mark.parametrize("kind", [FailureClass.INPUT, FailureClass.LIMIT, FailureClass.ENGINE])
async def test_a_failure_ends_the_job_with_its_reason(world: World, kind: FailureClass) -> None:
    world.runner.play(end_with(failed(kind)))
    world.start_worker()
    job = await world.ended(await world.submit())
    assert job.job.state is JobState.FAILED
    assert job.job.reason
    assert (job.job.reason.code, job.job.reason.task, job.job.reason.failure) == (
        "broken",
        "a",
        kind,
    )
    (attempt,) = await world.attempts(job)
    assert attempt.state == "failed"
    assert attempt.failure == job.job.reason


async def test_another_try_comes_when_it_is_due_and_not_before(world: World) -> None:
    world.runner.play(end_with(failed()), succeed)
    world.start_worker()
    job = await world.submit({"name": "a", "engine": "noop", "max_retries": 1})
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].state is TaskState.READY
    assert waiting.tasks[0].retry_at
    await world.advance(0.1)
    other = await world.ended(await world.submit())
    assert other.job.state is JobState.COMPLETED, "the worker looked, and left it waiting"
    assert (await world.graph(job)).tasks[0].state is TaskState.READY
    await world.advance(1)
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    assert [each.state for each in await world.attempts(job)] == ["failed", "done"]


async def test_an_unforeseen_error_is_told_and_tried_again(world: World) -> None:
    world.runner.play(surprise)
    world.start_worker()
    job = await world.submit()
    for tries in (1, 2):
        await world.until(job, lambda graph, n=tries: graph.tasks[0].failures == n)  # type: ignore[misc]
        await world.advance(60)
    ended = await world.ended(job)
    assert ended.job.reason
    assert ended.job.reason.code == "internal_error"
    assert "ZeroDivisionError" in ended.job.reason.message
    assert len(world.runner.calls) == 3


async def test_three_deaths_are_a_quarantine_that_names_the_input(world: World) -> None:
    world.runner.play(end_with(failed(died=True)))
    world.start_worker()
    job = await world.submit()
    for tries in (1, 2):
        await world.until(job, lambda graph, n=tries: graph.tasks[0].deaths == n)  # type: ignore[misc]
        await world.advance(60)
    ended = await world.ended(job)
    assert ended.job.reason
    assert ended.job.reason.code == "quarantined"
    assert sha256(b'{"n":1}') in ended.job.reason.message
    assert len(world.runner.calls) == 3


async def test_an_engine_that_is_not_installed_any_more_is_said_so(world: World) -> None:
    job = await world.submit()
    world.catalog = ListedEngines([])
    world.start_worker()
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].failure
    assert waiting.tasks[0].failure.code == "engine_missing"


async def test_a_worker_runs_as_much_as_it_has_slots_by_priority_and_age(world: World) -> None:
    stages = [Stage() for _ in range(5)]
    world.runner.play(*stages)
    jobs = [await world.submit(priority=priority) for priority in (20, 50, 10, 20)]
    world.start_worker(slots=2)
    await reached(stages[1].reached)
    states = [(await world.graph(job)).job.state for job in jobs]
    assert states == [JobState.RUNNING, JobState.QUEUED, JobState.RUNNING, JobState.QUEUED]
    stages[0].go.set()
    await reached(stages[2].reached)
    assert (await world.graph(jobs[3])).job.state is JobState.RUNNING
    stages[1].go.set()
    await reached(stages[3].reached)
    for stage in stages:
        stage.go.set()
    for job in jobs:
        await world.ended(job)
    assert world.runner.most == {"noop": 2}


async def test_an_engine_runs_as_often_at_once_as_its_manifest_allows(world: World) -> None:
    stage = Stage()
    world.runner.play(stage, succeed, on="narrow")
    narrow = {"name": "a", "engine": "narrow"}
    jobs = [await world.submit(narrow) for _ in range(4)]
    wide = await world.submit()
    world.start_worker(slots=3)
    assert (await world.ended(wide)).job.state is JobState.COMPLETED
    states = [(await world.graph(job)).job.state for job in jobs]
    assert states == [JobState.RUNNING, *[JobState.QUEUED] * 3]
    stage.go.set()
    for job in jobs:
        await world.ended(job)
    assert world.runner.most["narrow"] == 1


async def test_a_worker_takes_from_its_pools_alone(world: World) -> None:
    world.start_worker(pools=("gpu",))
    job = await world.submit()
    await world.until(job, lambda _: world.real.bell.count > 1)
    world.start_worker(TWO, pools=("gpu", "cpu"))
    assert (await world.ended(job)).tasks[0].worker == "worker-2"


async def test_a_worker_in_want_of_work_sleeps(world: World) -> None:
    world.start_worker()
    await world.ended(await world.submit())
    await world.real.bell.wait(world.real.bell.count, 0.5)
    seen = world.real.bell.count
    assert await world.real.bell.wait(seen, 1.0) == seen, "an idle worker writes nothing"
