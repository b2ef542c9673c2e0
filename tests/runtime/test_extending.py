"""A graph that grows and shrinks while its job runs: real engines, driven by events."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jobmill.core.errors import (
    Conflict,
    GraphInvalid,
    JobEnded,
    JobmillError,
    TaskStarted,
    UnknownEngine,
)
from jobmill.core.events import EventType
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.service import (
    JobInput,
    NewTask,
    add_route,
    add_task,
    cancel_job,
    get_job,
    job_results,
    remove_task,
    retry_job,
)
from jobmill.core.jobs.states import JobState, TaskState
from tests.runtime.stages import Gate, until_parts
from tests.runtime.world import World

pytestmark = pytest.mark.anyio
GATED = {"parts": 3, "gate_at": 2}


async def added(world: World, job: JobGraph, task: Mapping[str, Any], **awaits: str) -> JobGraph:
    new = NewTask(task, {port.removesuffix("_"): mode for port, mode in awaits.items()})
    graph, _ = await world.real.write(
        lambda work: add_task(work, world.outside, world.who, job.job.id, new, world.clock.now())
    )
    return graph


async def joined(world: World, job: JobGraph, source: str, target: str) -> JobGraph:
    graph, _ = await world.real.write(
        lambda work: add_route(
            work, world.who, job.job.id, {"from": source, "to": target}, world.clock.now()
        )
    )
    return graph


async def removed(world: World, job: JobGraph, name: str) -> JobGraph:
    return await world.real.write(
        lambda work: remove_task(work, world.who, job.job.id, name, world.clock.now())
    )


async def found_by(world: World, job: JobGraph, task: str) -> Mapping[str, Any]:
    results = await world.real.read(lambda work: job_results(work, world.who, job.job.id))
    return {result.task: result.document for result in results}[task]


def texts(parts: list[Part]) -> list[str]:
    return [json.loads(part.document)["text"] for part in parts if part.document]


async def gated(world: World, folder: Path) -> tuple[JobGraph, Gate]:
    """A source at work, two of whose three parts are there, and who reads them."""
    gate = Gate(folder / "gate")
    world.start_worker(slots=3)
    job = await world.submit(
        {"name": "source", "engine": "source", "params": {**GATED, "gate": str(gate.path)}},
        {"name": "upper", "engine": "upper"},
        joined=[{"from": "source", "to": "upper"}],
    )
    await until_parts(world, job, "upper", 2)
    return job, gate


async def test_a_task_that_is_added_runs_at_once(stages: World, tmp_path: Path) -> None:
    job, gate = await gated(stages, tmp_path)
    graph = await added(stages, job, {"name": "more", "engine": "source", "params": {"parts": 2}})
    assert graph.named("more").state is TaskState.READY
    assert len(await until_parts(stages, graph, "more", 2)) == 2
    await gate.open()
    assert (await stages.ended(job)).job.state is JobState.COMPLETED


async def test_a_task_waits_for_its_route_and_reads_what_was_written_before(
    stages: World, tmp_path: Path
) -> None:
    """It reads chunks of a port whose parts are kept; those that were there are done first."""
    job, gate = await gated(stages, tmp_path)
    task = {"name": "late", "engine": "echo", "max_engines": 2}
    graph = await added(stages, job, task, in_="chunk")
    assert graph.named("late").state is TaskState.WAITING
    assert [lane.lane_of for lane in graph.lanes] == ["late"]
    view = await stages.real.read(
        lambda work: get_job(work, stages.catalog, stages.who, job.job.id, stages.clock.now())
    )
    assert "route" in view.waiting["late"].message
    graph = await joined(stages, graph, "upper", "late")
    assert texts(await until_parts(stages, graph, "late", 2)) == ["PART 0", "PART 1"]
    await gate.open()
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await until_parts(stages, graph, "late", 3))[2] == "PART 2"
    events = await stages.events(job)
    assert [e.task for e in events if e.type is EventType.TASK_ADDED] == ["late"]
    assert [dict(e.data) for e in events if e.type is EventType.TASK_ROUTED] == [
        {"from": "upper.out", "port": "in"}
    ]


async def test_a_job_waits_for_the_route_after_all_else_is_done(
    stages: World, tmp_path: Path
) -> None:
    job, gate = await gated(stages, tmp_path)
    graph = await added(stages, job, {"name": "all", "engine": "collect"}, in_="chunk")
    await gate.open()
    graph = await stages.task_in(job, TaskState.DONE, "upper")
    assert graph.job.state is JobState.RUNNING
    await joined(stages, graph, "upper", "all")
    assert (await stages.ended(job)).job.state is JobState.COMPLETED
    assert (await found_by(stages, job, "all"))["texts"] == ["PART 0", "PART 1", "PART 2"]


async def test_a_route_out_of_a_job_that_had_none_reads_what_its_task_left(
    stages: World, tmp_path: Path
) -> None:
    """Nobody counted the parts: they are counted when the route comes."""
    job = await stages.submit({"name": "source", "engine": "source", "params": {"parts": 2}})
    graph = await added(stages, job, {"name": "upper", "engine": "upper"}, in_="chunk")
    stages.start_worker()
    await until_parts(stages, job, "source", 2)
    graph = await stages.task_in(job, TaskState.DONE, "source")
    await joined(stages, graph, "source", "upper")
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await until_parts(stages, ended, "upper", 2)) == ["PART 0", "PART 1"]


async def test_a_task_that_has_not_begun_is_removed_and_the_job_can_end(
    stages: World, tmp_path: Path
) -> None:
    job, gate = await gated(stages, tmp_path)
    graph = await added(stages, job, {"name": "late", "engine": "echo"}, in_="chunk")
    await gate.open()
    graph = await stages.task_in(job, TaskState.DONE, "upper")
    graph = await removed(stages, graph, "late")
    assert graph.job.state is JobState.COMPLETED
    assert {task.name for task in (await stages.graph(job)).tasks} == {"source", "upper"}


async def test_a_job_that_runs_again_still_waits_for_the_route(stages: World) -> None:
    job = await stages.submit({"name": "source", "engine": "source", "params": {"parts": 1}})
    await added(stages, job, {"name": "whole", "engine": "whole"}, in_="stream")
    now = stages.clock.now()
    await stages.real.write(lambda work: cancel_job(work, stages.who, job.job.id, now))
    await stages.real.write(lambda work: retry_job(work, stages.who, job.job.id, now))
    graph = await stages.graph(job)
    assert graph.named("whole").state is TaskState.WAITING
    await joined(stages, graph, "source", "whole")
    stages.start_worker()
    assert (await stages.ended(job)).job.state is JobState.COMPLETED
    assert await found_by(stages, job, "whole") == {"bytes": ["part 0\n"]}


async def test_what_comes_too_late_is_refused(stages: World, tmp_path: Path) -> None:
    job, gate = await gated(stages, tmp_path)
    graph = await added(stages, job, {"name": "late", "engine": "echo"}, in_="chunk")

    async def refused(kind: type[JobmillError], source: str, target: str) -> None:
        with pytest.raises(kind):
            await joined(stages, graph, source, target)

    await refused(TaskStarted, "upper.other", "late")
    await refused(GraphInvalid, "source", "upper")
    await refused(GraphInvalid, "source", "late.in2")
    await refused(GraphInvalid, "nobody", "late")
    await refused(GraphInvalid, "late", "late")
    for name, kind in (("upper", TaskStarted), ("source", TaskStarted)):
        with pytest.raises(kind):
            await removed(stages, graph, name)
    with pytest.raises(GraphInvalid, match="one of that name"):
        await added(stages, job, {"name": "late", "engine": "echo"})
    with pytest.raises(UnknownEngine):
        await added(stages, job, {"name": "x", "engine": "nothing"})
    await joined(stages, graph, "upper", "late")
    await gate.open()
    await stages.ended(job)
    with pytest.raises(JobEnded):
        await added(stages, job, {"name": "x", "engine": "source"})
    with pytest.raises(JobEnded):
        await removed(stages, graph, "late")


async def test_what_others_read_and_the_last_task_stay(stages: World) -> None:
    one = await stages.submit({"name": "source", "engine": "source", "params": {"parts": 1}})
    with pytest.raises(Conflict, match="no other task"):
        await removed(stages, one, "source")
    await added(stages, one, {"name": "whole", "engine": "whole"}, in_="chunk")
    await joined(stages, one, "source", "whole")
    with pytest.raises(Conflict, match="feeds whole"):
        await removed(stages, one, "source")


@pytest.mark.parametrize("done", [True, False])
async def test_a_document_that_nobody_read_is_handed_on_when_a_route_comes(
    stages: World, tmp_path: Path, done: bool
) -> None:
    """Its task has begun, or is done already, when the route is added."""
    job, gate = await gated(stages, tmp_path)
    await added(stages, job, {"name": "last", "engine": "collect"}, in_="chunk")
    await added(stages, job, {"name": "behind", "engine": "whole"}, in_="chunk")
    if not done:
        await joined(stages, job, "upper", "last")
        await joined(stages, job, "last", "behind")
    await gate.open()
    if done:
        await stages.task_in(job, TaskState.DONE, "upper")
        await joined(stages, job, "upper", "last")
        await stages.task_in(job, TaskState.DONE, "last")
        await joined(stages, job, "last", "behind")
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    (text,) = (await found_by(stages, job, "behind"))["bytes"]
    assert json.loads(text) == await found_by(stages, job, "last")


async def test_a_task_at_work_hands_its_document_on_to_who_came_meanwhile(
    stages: World, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    stages.start_worker()
    text = tmp_path / "media" / "text"
    text.write_text("a word")
    params = {"gate_for": "a word", "gate": str(gate.path)}
    given = JobInput(path="text")
    job = await stages.submit({"name": "upper", "engine": "upper", "params": params}, given=given)
    await added(stages, job, {"name": "behind", "engine": "whole"}, in_="chunk")
    await stages.task_in(job, TaskState.RUNNING, "upper")
    await joined(stages, job, "upper", "behind")
    await gate.open()
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    (read,) = (await found_by(stages, job, "behind"))["bytes"]
    assert json.loads(read)["text"] == "A WORD"
