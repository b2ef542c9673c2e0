"""Stages that overlap: real engines, driven by events."""

import asyncio
from pathlib import Path

import psutil
import pytest

from jobmill.adapters.blobs.local import LocalBlobStore
from jobmill.core.jobs.flow import LEAD_PARTS
from jobmill.core.jobs.service import job_results
from jobmill.core.jobs.states import ENDED_JOBS, JobState, TaskState
from tests.runtime.stages import PIPELINE, Gate, parts_of, texts, until_parts
from tests.runtime.world import World

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize(
    ("engine", "params", "mode", "beyond"),
    [("upper", {"gate_for": "part 0"}, "chunk", 0), ("late", {}, "stream", 12)],
    ids=["chunks", "a stream"],
)
async def test_a_source_writes_no_further_than_its_lead_while_a_reader_works(
    stages: World, tmp_path: Path, engine: str, params: dict[str, str], mode: str, beyond: int
) -> None:
    """The reader stands at a gate. That the source waits, and no more writes, is known from the
    slot that it lends. Of a stream the pipe to the reader holds some parts `beyond` (1 MiB)."""
    gate = Gate(tmp_path / "gate")
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 300, "size": 100_000}},
        {"name": "reader", "engine": engine, "params": {**params, "gate": str(gate.path)}},
        joined=[{"from": "source", "to": "reader", "mode": mode}],
    )
    await stages.until(job, lambda graph: graph.named("source").flow.held("out") >= LEAD_PARTS)
    for _ in range(2):
        other = await stages.submit({"name": "source", "engine": "source", "params": {"parts": 2}})
        assert (await stages.ended(other)).job.state is JobState.COMPLETED
        held = len(await parts_of(stages, job, "source"))
        assert LEAD_PARTS <= held <= LEAD_PARTS + beyond
    await gate.open()
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert len(await parts_of(stages, job, "source")) == 300


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


async def test_a_reader_in_a_paused_pool_is_written_past(stages: World) -> None:
    await stages.real.write(lambda work: work.capacity.set_paused("still", paused=True))
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 70}},
        {"name": "lines", "engine": "lines", "pool": "still"},
        joined=[{"from": "source", "to": "lines", "mode": "stream"}],
    )
    await stages.task_in(job, TaskState.DONE, "source")
    await stages.real.write(lambda work: work.capacity.set_paused("still", paused=False))
    ended = await stages.ended(job)
    assert len(await parts_of(stages, job, "lines")) == 70
    assert ended.job.state is JobState.COMPLETED


async def test_a_thousand_parts_pass_without_being_held_in_memory(
    stages: World, tmp_path: Path
) -> None:
    stages.blobs = LocalBlobStore(tmp_path / "blobs")  # type: ignore[assignment]
    stages.start_worker(slots=3)
    before = psutil.Process().memory_info().rss
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 1000, "size": 100_000}},
        {"name": "upper", "engine": "upper", "max_engines": 2},
        joined=[{"from": "source", "to": "upper"}],
    )
    async with asyncio.timeout(100):
        while (ended := await stages.graph(job)).job.state not in ENDED_JOBS:
            seen = stages.real.bell.count
            await stages.real.bell.wait(seen, 5)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await parts_of(stages, job, "upper")) == [f"PART {i}" for i in range(1000)]
    assert ended.named("upper").flow.done == 1000
    assert len(await stages.attempts(job)) < 250
    grown = psutil.Process().memory_info().rss - before
    assert grown < 50_000_000, "of the hundred million bytes that passed"
