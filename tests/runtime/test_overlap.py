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
