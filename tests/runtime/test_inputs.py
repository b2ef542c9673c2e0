"""What an engine is given: JSON, a file under a root, stored bytes, what an address brings."""

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.errors import InputMissing
from jobmill.core.items import AssetSource, AssetState, Blob
from jobmill.core.jobs.service import JobInput
from jobmill.core.jobs.states import JobState
from tests.runtime.world import World, sha256

pytestmark = pytest.mark.anyio


async def test_a_file_under_a_root_is_linked_and_not_copied(world: World) -> None:
    (world.roots.folder / "Film.MP4").write_bytes(b"film")
    world.start_worker()
    job = await world.submit(given=JobInput(path="Film.MP4"))
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    (call,) = world.runner.calls
    assert world.runner.seen == [{"Film.MP4": b"film"}]
    assert call.inputs[0].path.name == "input.mp4"
    assert (call.inputs[0].port, call.inputs[0].media_type) == ("in", "video/mp4")
    assert (world.roots.folder / "Film.MP4").read_bytes() == b"film", "cleaning up went elsewhere"


async def test_a_file_that_has_gone_since_is_the_inputs_failure(world: World) -> None:
    place = world.roots.folder / "film.mp4"
    place.write_bytes(b"film")
    job = await world.submit(given=JobInput(path="film.mp4"))
    place.unlink()
    world.start_worker()
    ended = await world.ended(job)
    assert ended.job.reason
    assert (ended.job.reason.code, ended.job.reason.failure) == (
        "input_missing",
        FailureClass.INPUT,
    )
    with pytest.raises(InputMissing):
        await world.submit(given=JobInput(path="film.mp4"))


async def test_uploaded_bytes_are_given_and_named_in_the_provenance(world: World) -> None:
    async def chunks() -> object:
        yield b"upload"

    stored = await world.blobs.put(world.who.organization, chunks(), 99)  # type: ignore[arg-type]
    asset = await world.real.write(
        lambda work: work.assets.add(
            world.who.organization,
            "a.wav",
            "audio/wav",
            AssetSource.UPLOAD,
            AssetState.READY,
            world.clock.now(),
            blob=Blob(stored.sha256, stored.size),
        )
    )
    world.start_worker()
    job = await world.ended(await world.submit(given=JobInput(asset=asset.id)))
    assert world.runner.seen == [{"a.wav": b"upload"}]
    (result,) = await world.real.read(lambda work: work.results.of_job(job.job.number))
    assert result.provenance.input_sha256 == sha256(b"upload")


async def test_stored_bytes_that_are_gone_are_the_inputs_failure(world: World) -> None:
    asset = await world.real.write(
        lambda work: work.assets.add(
            world.who.organization,
            "a.wav",
            "audio/wav",
            AssetSource.UPLOAD,
            AssetState.READY,
            world.clock.now(),
            blob=Blob("0" * 64, 1),
        )
    )
    world.start_worker()
    ended = await world.ended(await world.submit(given=JobInput(asset=asset.id)))
    assert ended.job.reason
    assert ended.job.reason.code == "asset_purged"


async def test_two_tasks_of_one_address_work_on_the_same_bytes(world: World) -> None:
    world.fetcher.pages["http://h/page.txt"] = [b"first", b"second", b"third"]
    world.start_worker(slots=2)
    job = await world.submit("a", "b", given=JobInput(url="http://h/page.txt"))
    assert (await world.ended(job)).job.state is JobState.COMPLETED
    first, second = world.runner.seen
    assert first == second
    again = await world.real.read(lambda work: work.assets.get(job.job.asset or 0))  # type: ignore[arg-type]
    assert again
    assert again.state is AssetState.READY


async def test_what_was_fetched_is_not_fetched_again(world: World) -> None:
    world.fetcher.pages["http://h/x"] = [b"first", b"second"]
    world.start_worker(slots=1)
    job = await world.submit("a", "b", "c", given=JobInput(url="http://h/x"))
    await world.ended(job)
    assert world.fetcher.fetched == 1
    assert [list(files.values()) for files in world.runner.seen] == [[b"first"]] * 3


async def test_an_address_that_does_not_answer_is_tried_again(world: World) -> None:
    world.start_worker()
    job = await world.submit(given=JobInput(url="http://h/x"))
    waiting = await world.until(job, lambda graph: graph.tasks[0].failures)
    assert waiting.tasks[0].failure
    assert waiting.tasks[0].failure.code == "fetch_failed"
    world.fetcher.pages["http://h/x"] = [b"there"]
    await world.advance(60)
    assert (await world.ended(job)).job.state is JobState.COMPLETED
