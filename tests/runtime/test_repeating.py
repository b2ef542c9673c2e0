"""Stages that fail and begin again: what is kept, what is read anew, who is to blame."""

import pytest

from jobmill.core.jobs.service import job_results, retry_job
from jobmill.core.jobs.states import ENDED_JOBS, JobState, TaskState
from tests.runtime.stages import PIPELINE, parts_of, texts
from tests.runtime.world import World

pytestmark = pytest.mark.anyio


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
