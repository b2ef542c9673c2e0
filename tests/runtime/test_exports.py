"""Exports are made in the background: what is in them, how they end, and what survives a kill."""

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobmill.core.engines import Done
from jobmill.core.errors import ExportNotFound, InvalidInput, JobNotFound, NotAllowed
from jobmill.core.exports.formats import ExportFormat
from jobmill.core.exports.model import ExportOutput, ExportSource, ExportSpec
from jobmill.core.ids import ItemNumber, JobNumber
from jobmill.core.items import AssetSource, AssetState, Blob, ItemKind
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.service import JobInput, cancel_job, delete_job
from jobmill.core.jobs.service.exports import (
    ExportState,
    ExportView,
    get_export,
    list_exports,
    start_export,
)
from jobmill.core.jobs.service.exports.scattered import ROLE
from jobmill.core.jobs.service.purge_jobs import purge_job
from jobmill.core.jobs.states import JobState
from jobmill.runtime import archive as archive_module
from jobmill.runtime.exports import ExportSweep
from tests.runtime.world import ONE, TWO, World, end_with

SRT = ExportOutput(ExportFormat.SRT)
VTT = ExportOutput(ExportFormat.VTT)


def spoken(*words: str, **more: Any) -> dict[str, Any]:
    return {
        "language": "en",
        "words": [
            {"start_ms": 500 * n, "end_ms": 500 * n + 400, "text": word}
            for n, word in enumerate(words)
        ],
        **more,
    }


async def job_with(world: World, document: Mapping[str, Any], **fields: Any) -> JobGraph:
    """A job whose one task has found this."""
    world.runner.play(end_with(Done(document)))
    return await world.ended(await world.submit(**fields))


def sweep_of(world: World, name: Any = ONE) -> ExportSweep:
    folder = world.work_folder / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    return ExportSweep(
        name,
        world.database,
        world.blobs,
        world.roots,  # type: ignore[arg-type]
        world.catalog,
        folder,
        world.clock,
    )


async def asked(world: World, *jobs: JobGraph, outputs: Any = (SRT,), **more: Any) -> ExportView:
    sources = tuple(ExportSource(each.job.number) for each in jobs)
    spec = ExportSpec(more.pop("sources", sources), tuple(outputs), **more)
    now = world.clock.now()
    return await world.real.write(lambda work: start_export(work, world.who, spec, now))


async def seen(world: World, export: ExportView) -> ExportView:
    return await world.real.read(lambda work: get_export(work, world.who, export.graph.job.id))


async def made(world: World, *jobs: JobGraph, outputs: Any = (SRT,), **more: Any) -> ExportView:
    export = await asked(world, *jobs, outputs=outputs, **more)
    await sweep_of(world).sweep()
    return await seen(world, export)


def opened(world: World, export: ExportView) -> dict[str, bytes]:
    assert export.asset is not None
    assert export.asset.blob is not None
    data = world.blobs.blobs[export.asset.organization, export.asset.blob.sha256]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_an_export_is_an_archive_of_each_job_in_each_format(world: World) -> None:
    world.start_worker()
    one = await job_with(world, spoken("one"), name="First film")
    two = await job_with(world, spoken("two"), name="Second/../film")
    export = await made(world, one, two, outputs=(SRT, VTT), name="Both")
    assert export.state is ExportState.COMPLETE
    files = opened(world, export)
    assert sorted(files) == [
        "First film.srt",
        "First film.vtt",
        "Second_.._film.srt",
        "Second_.._film.vtt",
    ]
    assert files["First film.srt"] == b"1\n00:00:00,000 --> 00:00:00,400\none\n"
    assert export.asset is not None
    assert (export.asset.name, export.asset.media_type) == ("Both.zip", "application/zip")
    assert [each["format"] for each in export.document["files"]] == ["srt", "vtt", "srt", "vtt"]
    assert export.document["files"][0]["size"] == len(files["First film.srt"])


async def test_options_and_a_stretch_of_time_are_heeded(world: World) -> None:
    world.start_worker()
    job = await job_with(world, spoken("one", "two", "three"))
    output = ExportOutput(ExportFormat.TTML, {"file_extension": "xml"})
    sources = (ExportSource(job.job.number, start_ms=450, end_ms=950),)
    export = await made(world, outputs=(output,), sources=sources)
    ((name, data),) = opened(world, export).items()
    assert name == f"job-{job.job.number}.xml"
    assert b">two</p>" in data


async def test_results_that_say_the_same_words_are_written_once(world: World) -> None:
    world.start_worker()
    world.runner.play(end_with(Done(spoken("one"))))
    tasks = [{"name": "hear", "engine": "noop"}, {"name": "write", "engine": "noop"}]
    job = await world.ended(await world.submit(*tasks, routes=[("hear", "write")]))
    export = await made(world, job)
    (file,) = export.document["files"]
    assert file["task"] == "write"


async def test_a_task_can_be_named_and_names_tell_results_apart(world: World) -> None:
    world.start_worker()
    world.runner.play(end_with(Done(spoken("one"))), end_with(Done(spoken("two"))))
    job = await world.ended(await world.submit("a", "b"))
    both = await made(world, job)
    stem = f"job-{job.job.number}"
    assert sorted(opened(world, both)) == [f"{stem}-a.srt", f"{stem}-b.srt"]
    one = await made(world, job, outputs=(replace(SRT, task="b"),))
    assert list(opened(world, one)) == [f"{stem}.srt"]
    none = await made(world, job, outputs=(replace(SRT, engine="scan"),))
    assert none.state is ExportState.FAILED


async def test_speakers_may_come_from_another_result_of_the_job(world: World) -> None:
    world.start_worker()
    who = {"objects": [{"type": "speaker", "label": "Ada", "start_ms": 0, "end_ms": 900}]}
    world.runner.play(end_with(Done(spoken("one"))), end_with(Done(who)))
    job = await world.ended(await world.submit("a", "b"))
    output = ExportOutput(ExportFormat.SRT, {"with_speaker_data": True})
    (file,) = opened(world, await made(world, job, outputs=(output,))).values()
    assert b"Ada: one" in file


async def test_an_item_is_exported_with_all_its_jobs_and_its_media(
    world: World, tmp_path: Path
) -> None:
    (world.roots.folder / "film.mp4").write_bytes(b"moving pictures" * 1000)
    world.start_worker()
    job = await job_with(world, spoken("one"), given=JobInput(path="film.mp4"))
    item = job.job.item
    assert item is not None
    export = await made(world, sources=(ExportSource(item=item),), include_media=True)
    files = opened(world, export)
    assert sorted(files) == ["film.srt", "media/film.mp4"]
    assert files["media/film.mp4"] == b"moving pictures" * 1000
    assert export.document["media"][0]["size"] == 15_000


async def test_a_transcript_that_was_put_into_a_recording_is_exported_with_its_media(
    world: World,
) -> None:
    aion = {
        "sourceEngineName": "Ear",
        "validationContracts": ["transcript"],
        "series": [{"startTimeMs": 0, "stopTimeMs": 400, "words": [{"word": "Hi"}]}],
    }

    async def stored(data: bytes) -> Blob:
        async def pieces() -> Any:
            yield data

        kept = await world.blobs.put(world.who.organization, pieces(), 1 << 20)
        return Blob(kept.sha256, kept.size)

    blobs = [await stored(json.dumps(aion).encode()), await stored(b"moving")]
    now = world.clock.now()

    def put(work: Any) -> ItemNumber:
        ours = world.who.organization
        item = work.items.add(ours, ItemKind.RECORDING, "Talk", now, {}, {}, owner=world.who.user)
        kinds = (("said.json", "application/json", ROLE), ("talk.mp4", "video/mp4", "media"))
        for blob, (name, kind, role) in zip(blobs, kinds, strict=True):
            upload, ready = AssetSource.UPLOAD, AssetState.READY
            asset = work.assets.add(ours, name, kind, upload, ready, now, blob=blob)
            work.items.hold(item.number, role, asset.number, now)
        number: ItemNumber = item.number
        return number

    item = await world.real.write(put)
    export = await made(world, sources=(ExportSource(item=item),), include_media=True)
    files = opened(world, export)
    assert sorted(files) == ["media/talk.mp4", "said.srt"]
    assert files["said.srt"].endswith(b"Hi\n")
    (file,) = export.document["files"]
    assert (file["job"], file["task"], file["engine"]) == (None, None, "Ear")


async def test_what_cannot_be_had_is_a_warning_beside_what_can(world: World) -> None:
    (world.roots.folder / "film.mp4").write_bytes(b"moving")
    world.start_worker()
    good = await job_with(world, spoken("one"), given=JobInput(path="film.mp4"))
    silent = await job_with(world, {"lines": 3})
    (world.roots.folder / "film.mp4").unlink()
    export = await made(world, good, silent, include_media=True)
    assert export.state is ExportState.COMPLETE
    problems = export.document["problems"]
    assert any("'film.mp4' is not in it" in each for each in problems)
    assert f"No result in job {silent.job.number} has what srt is made of." in problems
    assert [each.code for each in export.graph.job.warnings] == ["not_exported"] * 2


async def test_an_export_of_nothing_fails_with_the_reason(world: World) -> None:
    world.start_worker()
    job = await job_with(world, {"lines": 3})
    export = await made(world, job)
    assert export.state is ExportState.FAILED
    assert export.graph.job.reason is not None
    assert export.graph.job.reason.code == "nothing_to_export"
    assert "has what srt is made of" in export.graph.job.reason.message
    assert export.asset is None


async def test_a_result_of_any_shape_can_be_exported_as_json(world: World) -> None:
    world.start_worker()
    job = await job_with(world, {"words": 12})
    export = await made(world, job, outputs=(ExportOutput(ExportFormat.JSON),))
    (file,) = opened(world, export).values()
    assert json.loads(file) == {"words": 12}


async def test_a_job_deleted_meanwhile_is_told_of(world: World) -> None:
    world.start_worker()
    one, two = await job_with(world, spoken("one")), await job_with(world, spoken("two"))
    export = await asked(world, one, two)
    now = world.clock.now()
    await world.real.write(lambda work: delete_job(work, world.who, one.job.number, now))
    await sweep_of(world).sweep()
    after = await seen(world, export)
    assert after.state is ExportState.COMPLETE
    assert "There is no job" in after.document["problems"][0]


async def test_an_export_that_a_dead_server_left_is_made_at_the_next_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start_worker()
    job = await job_with(world, spoken("one"))
    export = await asked(world, job)
    write = archive_module.write_export

    def dies(*_: Any) -> bytes:
        raise asyncio.CancelledError

    monkeypatch.setattr(archive_module, "write_export", dies)
    killed = sweep_of(world)
    monkeypatch.setattr(killed._seat, "_leave", lambda *_: None)
    with pytest.raises(asyncio.CancelledError):
        await killed.sweep()
    assert (await seen(world, export)).graph.job.state is JobState.RUNNING
    monkeypatch.setattr(archive_module, "write_export", write)
    await sweep_of(world, TWO).sweep()
    assert (await seen(world, export)).state is ExportState.INCOMPLETE
    await sweep_of(world, ONE).sweep()
    after = await seen(world, export)
    assert after.state is ExportState.COMPLETE
    assert list(opened(world, after)) == [f"job-{job.job.number}.srt"]


async def test_a_cancelled_export_stops_and_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start_worker()
    job = await job_with(world, spoken("one"))
    export = await asked(world, job)
    write, loop = archive_module.write_export, asyncio.get_running_loop()

    def cancelled_meanwhile(*given: Any) -> bytes:
        now = world.clock.now()
        cancel = world.real.write(
            lambda work: cancel_job(work, world.who, export.graph.job.number, now)
        )
        asyncio.run_coroutine_threadsafe(cancel, loop).result(10)
        return write(*given)

    monkeypatch.setattr(archive_module, "write_export", cancelled_meanwhile)
    before = len(world.blobs.blobs)
    await sweep_of(world).sweep()
    after = await seen(world, export)
    assert (after.state, after.graph.job.state) == (ExportState.FAILED, JobState.CANCELLED)
    assert len(world.blobs.blobs) == before
    assert list((world.work_folder / "exports").iterdir()) == []


async def test_the_archive_goes_with_the_job_that_made_it(world: World) -> None:
    world.start_worker()
    export = await made(world, await job_with(world, spoken("one")))
    assert export.asset is not None
    number, asset, now = export.graph.job.number, export.asset.number, world.clock.now()

    def purge(work: Any) -> Any:
        delete_job(work, world.who, number, now)
        purge_job(work, number, now)
        return work.assets.get(asset), work.exports.get(number), work.dropped

    gone, row, dropped = await world.real.write(purge)
    assert gone is None
    assert row is None
    assert [blob for _, blob in dropped] == [export.asset.facts]


async def test_exports_are_listed_newest_first_and_only_ones_own(world: World) -> None:
    world.start_worker()
    job = await job_with(world, spoken("one"))
    exports = [await asked(world, job) for _ in range(3)]
    numbers = [each.graph.job.number for each in exports]

    def listed(before: int | None, limit: int) -> Any:
        return lambda work: [
            each.export.job for each in list_exports(work, world.who, before, limit)
        ]

    assert await world.real.read(listed(None, 2)) == [numbers[2], numbers[1]]
    assert await world.real.read(listed(numbers[1], 2)) == [numbers[0]]
    stranger = replace(world.who, user=world.who.user + 1, admin=False)
    found = await world.real.read(lambda work: list_exports(work, stranger, None, 9))
    assert list(found) == []
    with pytest.raises(ExportNotFound):
        await world.real.read(lambda work: get_export(work, stranger, numbers[0]))
    with pytest.raises(ExportNotFound, match="There is no export"):
        await world.real.read(lambda work: get_export(work, world.who, job.job.number))


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        (ExportSpec((), (SRT,)), InvalidInput, "jobs: give 1 to 1000, not 0"),
        (ExportSpec((ExportSource(JobNumber(1)),), ()), InvalidInput, "formats: give 1 to 100"),
        (ExportSpec((ExportSource(),), (SRT,)), InvalidInput, "Give a job or an item"),
        (ExportSpec((ExportSource(JobNumber(99)),), (SRT,)), JobNotFound, "no job"),
        (
            ExportSpec((ExportSource(JobNumber(1), start_ms=5, end_ms=5),), (SRT,)),
            InvalidInput,
            "end after the start",
        ),
        (
            ExportSpec((ExportSource(JobNumber(1)),), (replace(SRT, options={"lines": 1}),)),
            InvalidInput,
            r"formats\.0\.options\.lines",
        ),
    ],
)
async def test_what_cannot_be_is_refused_at_once(
    world: World, spec: ExportSpec, error: type[Exception], message: str
) -> None:
    world.start_worker()
    await job_with(world, spoken("one"))
    now = world.clock.now()
    with pytest.raises(error, match=message):
        await world.real.write(lambda work: start_export(work, world.who, spec, now))


async def test_whoever_reads_results_may_export_them_and_media_needs_its_own_right(
    world: World,
) -> None:
    world.start_worker()
    job = await job_with(world, spoken("one"))
    reader = replace(world.who, rights=frozenset({"jobs:read"}))
    writer = replace(world.who, rights=frozenset({"jobs:write"}))
    spec, now = ExportSpec((ExportSource(job.job.number),), (SRT,)), world.clock.now()
    media = replace(spec, include_media=True)
    made = await world.real.write(lambda work: start_export(work, reader, spec, now))
    for who, refused in ((writer, spec), (reader, media)):
        with pytest.raises(NotAllowed):
            await world.real.write(lambda work: start_export(work, who, refused, now))  # noqa: B023
    await sweep_of(world).sweep()
    assert (await seen(world, made)).state is ExportState.COMPLETE
