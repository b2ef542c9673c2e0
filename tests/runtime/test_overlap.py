"""Stages that overlap: real engines, driven by events."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from jobmill.adapters.blobs.local import LocalBlobStore
from jobmill.core.jobs.flow import LEAD_PARTS
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.service import JobInput, job_results, restart_job, retry_job
from jobmill.core.jobs.states import ENDED_JOBS, JobState, TaskState
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
    tries = [each for each in await stages.attempts(job) if each.task == "upper"]
    assert {each.state for each in tries} == {"done", "failed"}
    before = await parts_of(stages, job, "upper")
    assert [part.number for part in before] == [0, 1, 2, 4]
    await stages.real.write(
        lambda work: retry_job(work, stages.who, job.job.id, stages.clock.now())
    )
    again = await stages.graph(job)
    assert again.named("upper").flow.done == 4
    ended = await stages.ended(job)
    assert ended.job.state is JobState.FAILED, "it breaks again, and only that one was tried"
    assert await parts_of(stages, job, "upper") == before
    assert ended.named("source").generation == 1, "what is done is not done again"


async def test_a_chunk_that_kills_its_engine_three_times_is_to_blame_alone(
    stages: World,
) -> None:
    stages.start_worker(slots=2)
    job = await stages.submit(
        {"name": "source", "engine": "source", "params": {"parts": 4}},
        {"name": "dies", "engine": "dies"},
        joined=[{"from": "source", "to": "dies"}],
    )
    for _ in range(3):
        await stages.until(
            job,
            lambda graph: graph.job.state in ENDED_JOBS or graph.named("dies").retry_at is not None,
        )
        await stages.advance(600)
    ended = await stages.ended(job)
    assert ended.job.reason is not None
    assert (ended.job.state, ended.job.reason.code) == (JobState.FAILED, "quarantined")
    assert "part 1" not in texts(await parts_of(stages, job, "dies"))


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


async def test_parts_in_a_role_become_assets_of_the_jobs_item(stages: World) -> None:
    (stages.roots.folder / "talk.txt").write_text("0123456789")
    stages.start_worker()
    job = await stages.submit(
        {"name": "keeper", "engine": "keeper"}, given=JobInput(path="talk.txt")
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert ended.job.item is not None
    item = ended.job.item
    held = await stages.real.read(lambda work: work.items.held([item]))
    assert [(each.role, each.asset.name, each.extras["part"]) for each in held] == [
        ("pieces", "piece of 4", 0),
        ("pieces", "piece of 4", 1),
        ("pieces", "piece of 2", 2),
    ]
    assert {each.task for each in held} == {ended.named("keeper").number}


async def test_assets_of_parts_that_are_written_anew_take_the_place_of_the_old(
    stages: World, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    (stages.roots.folder / "talk.txt").write_text("0123")
    stages.start_worker(slots=4)
    source: dict[str, object] = {"parts": 4, "gate_at": 2, "gate": str(gate.path)}
    source |= {"fails_once_at": 3, "word_then": "piece", "from": 1, "parts_then": 2}
    job = await stages.submit(
        {"name": "source", "engine": "source", "max_retries": 1, "params": source},
        {"name": "keeper", "engine": "keeper"},
        joined=[{"from": "source", "to": "keeper", "mode": "stream"}],
        given=JobInput(path="talk.txt"),
    )
    await stages.until(job, lambda graph: graph.named("keeper").flow.held("kept") >= 3)
    await gate.open()
    await stages.until(job, lambda graph: graph.named("source").failures)
    await stages.advance(60)
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert await kept_texts(stages, ended) == "part 0\npiece 1\n"


async def test_assets_of_a_job_that_runs_anew_take_the_place_of_the_old(stages: World) -> None:
    (stages.roots.folder / "talk.txt").write_text("0123456789")
    stages.start_worker()
    job = await stages.submit(
        {"name": "keeper", "engine": "keeper"}, given=JobInput(path="talk.txt")
    )
    await stages.ended(job)
    (stages.roots.folder / "talk.txt").write_text("abcdef")
    now = stages.clock.now()
    await stages.real.write(lambda work: restart_job(work, stages.who, job.job.id, now))
    ended = await stages.ended(job)
    assert (ended.job.state, ended.job.generation) == (JobState.COMPLETED, 2)
    assert await kept_texts(stages, ended) == "abcdef"


async def kept_texts(stages: World, graph: JobGraph) -> str:
    """What the assets of `keeper` hold together, in the order of their parts."""
    assert graph.job.item is not None
    item, organization = graph.job.item, graph.job.organization
    held = await stages.real.read(lambda work: work.items.held([item]))
    pieces = [each for each in held if each.task]
    assert [each.extras["part"] for each in pieces] == list(range(len(pieces)))
    hashes = [each.asset.blob.sha256 for each in pieces if each.asset.blob]
    return b"".join(stages.blobs.blobs[organization, each] for each in hashes).decode()


async def test_an_address_is_read_while_it_is_fetched_and_kept(stages: World) -> None:
    stages.fetcher.pages["https://example.org/talk"] = [b"0123456789"]
    stages.start_worker()
    job = await stages.submit(
        {"name": "keeper", "engine": "keeper"}, given=JobInput(url="https://example.org/talk")
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    assert results[0].document == {"live": True}
    number = ended.job.asset
    assert number is not None
    asset = await stages.real.read(lambda work: work.assets.get(number))
    assert asset is not None
    assert asset.blob is not None
    assert asset.blob.size == 10


async def test_a_task_works_on_its_own_input(stages: World) -> None:
    (stages.roots.folder / "own.txt").write_text("mine")
    stages.start_worker()
    job = await stages.submit(
        {"name": "a", "engine": "whole", "input": {"path": "own.txt"}},
        {"name": "b", "engine": "whole", "input": {"json": {"n": 2}}},
        {"name": "c", "engine": "whole"},
    )
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    assert {each.task: each.document["bytes"] for each in results} == {
        "a": ["mine"],
        "b": ['{"n":2}'],
        "c": ['{"n":1}'],
    }


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


async def test_a_source_that_repeats_fewer_parts_leaves_no_others(stages: World) -> None:
    stages.start_worker(slots=4)
    source = {"parts": 6, "fails_once_at": 4, "parts_then": 2}
    job = await stages.submit(
        {"name": "source", "engine": "source", "max_retries": 1, "params": source},
        {"name": "upper", "engine": "upper"},
        {"name": "collect", "engine": "collect"},
        joined=[{"from": "source", "to": "upper"}, {"from": "upper", "to": "collect"}],
    )
    await stages.until(job, lambda graph: graph.named("source").failures)
    await stages.advance(60)
    ended = await stages.ended(job)
    assert ended.job.state is JobState.COMPLETED, ended.job.reason
    assert texts(await parts_of(stages, job, "upper")) == ["PART 0", "PART 1"]
    results = await stages.real.read(lambda work: job_results(work, stages.who, job.job.id))
    assert {r.task: r.document for r in results}["collect"]["texts"] == ["PART 0", "PART 1"]
