"""Parts that become assets, and inputs that tasks work on: kept once, and found again."""

from pathlib import Path

import pytest

from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.service import JobInput, job_results, restart_job
from jobmill.core.jobs.states import JobState
from tests.runtime.stages import Gate
from tests.runtime.world import World

pytestmark = pytest.mark.anyio


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
