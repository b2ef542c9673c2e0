"""Stages that overlap: real engines, driven by events."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobmill.core.jobs.service import job_results
from jobmill.core.jobs.states import JobState, TaskState
from tests.runtime.stages import Gate, parts_of, staged, until_parts
from tests.runtime.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stages(world: World, tmp_path: Path) -> AsyncIterator[World]:
    async with staged(world, tmp_path) as made:
        yield made


PIPELINE = [
    {"from": "source", "to": "lines", "mode": "stream"},
    {"from": "lines", "to": "upper"},
    {"from": "upper", "to": "collect"},
]


def texts(parts: list) -> list[str]:
    return [json.loads(part.document)["text"] for part in parts if part.document]


async def test_the_last_stage_has_parts_before_the_source_has_ended(
    stages: World, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    stages.start_worker(slots=3)
    source = {"parts": 5, "gate_at": 2, "gate": str(gate.path)}
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": source},
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper"},
        {"name": "collect", "engine": "collect"},
        joined=PIPELINE,
    )
    found = await until_parts(stages, job, "upper", 2)
    assert texts(found) == ["PART 0", "PART 1"]
    assert [part.meta for part in found] == [{"line": 0}, {"line": 1}]
    now = await stages.graph(job)
    assert now.named("source").state is TaskState.RUNNING
    assert now.named("collect").state is TaskState.WAITING
    await gate.open()
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    collected = {result.task: result.document for result in results}["collect"]
    assert collected["texts"] == [f"PART {i}" for i in range(5)]
    assert collected["numbers"] == list(range(5))
    upper = ended.named("upper")
    assert upper.progress[""].done == upper.progress[""].total == 5
    assert len(await parts_of(stages, job, "source")) == 5


async def test_chunks_end_in_any_order_and_are_read_in_theirs(
    stages: World, tmp_path: Path
) -> None:
    """Two lanes: the first chunk waits at a gate, the others pass it; nobody reads past it."""
    gate = Gate(tmp_path / "gate")
    stages.start_worker(slots=4)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 6}},
        {
            "name": "upper",
            "engine": "upper",
            "max_engines": 2,
            "params": {"gate_for": "part 0", "gate": str(gate.path)},
        },
        {"name": "collect", "engine": "collect"},
        joined=[{"from": "source", "to": "upper"}, {"from": "upper", "to": "collect"}],
    )
    found = await until_parts(stages, job, "upper", 5)
    assert [part.number for part in found] == [1, 2, 3, 4, 5]
    await gate.open()
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    found = await parts_of(stages, job, "upper")
    assert texts(found) == [f"PART {i}" for i in range(6)]
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    collected = {result.task: result.document for result in results}["collect"]
    assert collected["numbers"] == list(range(6))
    assert collected["starts"] == [i * 1000 for i in range(6)]
    assert [task.name for task in ended.tasks] == ["source", "upper", "collect"]
    assert [lane.state for lane in ended.lanes] == [TaskState.DONE]


async def test_one_slot_is_enough(stages: World) -> None:
    """Far more parts than a producer may be ahead: it waits for its reader, and lends its slot."""
    stages.start_worker(slots=1)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 150}},
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper", "max_engines": 3},
        {"name": "collect", "engine": "collect"},
        joined=PIPELINE,
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await parts_of(stages, job, "upper")) == [f"PART {i}" for i in range(150)]
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    lines = {result.task: result.document for result in results}["lines"]
    assert lines == {"lines": 150, "live": True}, "it read while the source wrote"


async def test_an_empty_chunk_is_empty_all_the_way(stages: World) -> None:
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 4}},
        {"name": "upper", "engine": "upper", "params": {"nothing_for": "part 2"}},
        {"name": "echo", "engine": "echo"},
        {"name": "collect", "engine": "collect"},
        joined=[
            {"from": "source", "to": "upper"},
            {"from": "upper", "to": "echo"},
            {"from": "echo", "to": "collect"},
        ],
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    for name in ("upper", "echo"):
        found = await parts_of(stages, job, name)
        assert [part.empty for part in found] == [False, False, True, False]
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    collected = {result.task: result.document for result in results}["collect"]
    assert collected["numbers"] == [0, 1, 3]


async def test_a_chunk_that_fails_for_good_fails_its_task_and_retry_keeps_the_others(
    stages: World,
) -> None:
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 5}},
        {
            "name": "upper",
            "engine": "upper",
            "max_retries": 1,
            "params": {"breaks_at": "part 3"},
        },
        {"name": "collect", "engine": "collect"},
        joined=[{"from": "source", "to": "upper"}, {"from": "upper", "to": "collect"}],
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.FAILED
    assert ended.job.reason is not None
    assert (ended.job.reason.code, ended.job.reason.task) == ("broken", "upper")
    assert ended.named("collect").state is TaskState.SKIPPED
    rows = await stages.real.read(
        lambda work: work.parts._db.all("SELECT number, state, tries FROM chunk ORDER BY number")
    )
    assert [tuple(row) for row in rows if row["state"] == "failed"] == [(3, "failed", 2)]


async def test_whole_tasks_are_given_streams_as_one_file_and_chunks_as_many(
    stages: World,
) -> None:
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 3}},
        {"name": "one", "engine": "whole"},
        {"name": "many", "engine": "whole"},
        joined=[
            {"from": "source", "to": "one", "mode": "stream"},
            {"from": "source", "to": "many"},
        ],
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    found = {result.task: result.document for result in results}
    assert found["one"] == {"bytes": ["part 0\npart 1\npart 2\n"]}
    assert found["many"] == {"bytes": ["part 0\n", "part 1\n", "part 2\n"]}


async def test_a_cancel_in_the_middle_ends_every_process(stages: World, tmp_path: Path) -> None:
    gate = Gate(tmp_path / "gate")
    stages.start_worker(slots=4)
    source = {"parts": 5, "gate_at": 2, "gate": str(gate.path)}
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": source},
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper", "max_engines": 2},
        {"name": "collect", "engine": "collect"},
        joined=PIPELINE,
    )
    await until_parts(stages, job, "upper", 2)
    await stages.cancel(job)
    ended = await stages.ended(job)
    assert ended.job.state is JobState.CANCELLED
    assert all(lane.state is TaskState.CANCELLED for lane in ended.lanes)
    assert not any(process_runs(tmp_path / "engines" / name) for name in ("source", "lines"))
    attempts = await stages.attempts(job)
    assert all(attempt.ended_at for attempt in attempts)
    assert {attempt.task for attempt in attempts} <= {"source", "lines", "upper"}


def process_runs(folder: Path) -> bool:
    """Whether a process works for an engine; one that waits for other work may stay."""
    import psutil

    return any(
        str(folder) in " ".join(process.info["cmdline"] or []) or process.info["cwd"] == str(folder)
        for process in psutil.process_iter(["cmdline", "cwd", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
    )


async def test_a_limit_of_one_and_a_paused_pool_hold_nobody_for_ever(stages: World) -> None:
    """The reader cannot start while the source runs; the source does not wait for it for long."""
    organization = stages.who.organization
    await stages.real.write(lambda work: work.capacity.set_limit(organization, None, 1))
    stages.start_worker(slots=3)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 200}},
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper", "max_engines": 2},
        {"name": "collect", "engine": "collect"},
        joined=PIPELINE,
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert len(await parts_of(stages, job, "upper")) == 200


async def test_a_source_that_begins_again_is_told_what_is_kept(stages: World) -> None:
    """It fails once behind the third part; its readers begin again, and nothing is there twice."""
    stages.start_worker(slots=4)
    job = await stages.submit(
        {
            "name": "source",
            "engine": "source",
            "max_retries": 1,
            "params": {"parts": 6, "fails_once_at": 3},
        },
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper"},
        {"name": "collect", "engine": "collect"},
        joined=PIPELINE,
    )
    await stages.until(job, lambda graph: graph.named("source").failures)
    await stages.advance(60)
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await parts_of(stages, job, "upper")) == [f"PART {i}" for i in range(6)]
    assert len(await parts_of(stages, job, "source")) == 6
    assert ended.named("source").flow.ports["out"].rounds == 1, "the same bytes are no new round"
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    found = {result.task: result.document for result in results}
    assert found["source"]["kept"] == 3
    assert found["collect"]["texts"] == [f"PART {i}" for i in range(6)]


async def test_a_source_that_repeats_other_bytes_has_its_readers_read_again(
    stages: World,
) -> None:
    stages.start_worker(slots=4)
    source = {"parts": 6, "fails_once_at": 4, "word_then": "piece", "from": 2}
    job = await stages.submit(
        {"name": "source", "engine": "source", "max_retries": 1, "params": source},
        {"name": "lines", "engine": "lines"},
        {"name": "upper", "engine": "upper"},
        {"name": "direct", "engine": "upper", "max_engines": 2},
        {"name": "collect", "engine": "collect"},
        joined=[*PIPELINE, {"from": "source", "to": "direct"}],
    )
    await stages.until(job, lambda graph: graph.named("source").failures)
    await stages.advance(60)
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    expected = ["PART 0", "PART 1", *(f"PIECE {i}" for i in range(2, 6))]
    assert texts(await parts_of(stages, job, "upper")) == expected
    assert texts(await parts_of(stages, job, "direct")) == expected
    assert ended.named("source").flow.ports["out"].rounds == 2
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    assert {r.task: r.document for r in results}["collect"]["texts"] == expected
    assert ended.named("direct").flow.done == 6
