"""The worker outlives what goes wrong around it: a full disk, a store that fails, odd values."""

from pathlib import Path
from typing import Any

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
from jobmill.core.errors import Unavailable
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items import StoredBytes
from jobmill.core.jobs.states import JobState
from jobmill.runtime import worker
from tests.adapters.blobs.memory import MemoryBlobStore
from tests.runtime.world import Stage, World, end_with, reached, succeed

pytestmark = pytest.mark.anyio


async def write_a_file(call: EngineCall, listener: AttemptListener) -> Outcome:
    path = call.workdir / "file"
    path.write_bytes(b"bytes")
    return Done({}, (EngineOutput("out", path, "text/plain"),))


async def test_a_worker_that_cannot_look_looks_again(world: World) -> None:
    world.start_worker()
    await world.ended(await world.submit())
    world.database.full = True
    job = await world.submit()
    await reached(world.database.refused)
    world.database.full = False
    assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_a_worker_that_starts_on_a_full_disk_waits_for_room(world: World) -> None:
    world.database.full = True
    world.start_worker()
    await reached(world.database.refused)
    world.database.full = False
    assert (await world.ended(await world.submit())).job.state is JobState.COMPLETED


async def test_an_end_that_cannot_be_written_is_kept_until_it_can(world: World) -> None:
    stage = Stage()
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    world.database.full = True
    stage.go.set()
    await reached(world.database.refused)
    world.database.full = False
    ended = await world.ended(job)
    assert ended.job.state is JobState.COMPLETED
    assert ended.tasks[0].attempt == 1, "it was not done twice"


async def test_an_end_that_can_never_be_written_fails_the_attempt(world: World) -> None:
    half = "\ud83d"
    world.runner.play(end_with(Done({}, (), (EngineWarning("odd", half),))), succeed)
    world.start_worker()
    job = await world.submit()
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].failure
    assert waiting.tasks[0].failure.code == "internal_error"
    assert waiting.tasks[0].failure.failure is FailureClass.PLATFORM
    await world.advance(60)
    assert (await world.ended(job)).job.state is JobState.COMPLETED


class FullStore(MemoryBlobStore):
    """A blob store whose disk is full, at first."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return await super().put_file(organization, path)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("The disk is full."), "unavailable"),
        (OSError(5, "Input/output error"), "storage_failed"),
    ],
)
async def test_what_cannot_be_kept_now_is_made_again_later(
    world: World, error: Exception, code: str
) -> None:
    world.blobs = FullStore(error)
    world.runner.play(write_a_file)
    world.start_worker()
    job = await world.submit()
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].failure
    assert (waiting.tasks[0].failure.code, waiting.tasks[0].failure.failure) == (
        code,
        FailureClass.PLATFORM,
    )
    await world.advance(60)
    assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_a_work_folder_that_cannot_be_made_is_the_platforms_failure(world: World) -> None:
    world.work_folder.write_text("a file stands where the folder should")
    world.start_worker()
    job = await world.submit()
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].failure
    assert waiting.tasks[0].failure.failure is FailureClass.PLATFORM
    world.work_folder.unlink()
    await world.advance(60)
    assert (await world.ended(job)).job.state is JobState.COMPLETED


async def test_a_claim_that_goes_wrong_does_not_fail_the_success_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, wrong = Stage(), []
    world.runner.play(stage)
    world.start_worker()
    job = await world.submit()
    await reached(stage.reached)
    begin = worker.begin_attempts

    def begin_wrongly(*args: Any) -> Any:
        if not wrong:
            wrong.append(args)
            raise RuntimeError("a row that cannot be read")
        return begin(*args)

    monkeypatch.setattr(worker, "begin_attempts", begin_wrongly)
    stage.go.set()
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    assert wrong
