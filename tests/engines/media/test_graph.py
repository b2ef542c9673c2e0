"""The engines as one graph on a real server: what one writes, the next reads while it comes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from jobmill.core.items import HLS, HeldAsset
from jobmill.samples import AudioTrack, Picture, Sound, VideoTrack, make_sample
from tests.engines.media.made import samples_of
from tests.running import Running, running

AUDIO = (AudioTrack((Sound("stereo", 8.0),)),)
VIDEO = VideoTrack((Picture("scene", 240, 1),), width=160, height=90)
TASKS = [
    {"name": "pull", "engine": "webstream", "params": {"chunkSize": 16384}},
    {"name": "play", "engine": "playback", "params": {"segment_seconds": 4}},
    {"name": "cut", "engine": "chunker", "params": {"chunk_seconds": 3}},
    {"name": "list", "engine": "noop", "params": {"write": True}},
    {"name": "keep", "engine": "asset-creator", "params": {"asset_type": "copy", "main": True}},
]
ROUTES = [
    {"from": "pull", "to": "play", "mode": "stream"},
    {"from": "pull", "to": "cut", "mode": "stream"},
    {"from": "cut", "to": "list"},
    {"from": "pull", "to": "keep", "mode": "stream"},
]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("media") / "a.ts", AUDIO, VIDEO).path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, media: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("data"), media_roots=(media.parent,)) as server:
        yield server


def parts(server: Running, job: dict[str, Any], task: str) -> list[tuple[dict[str, Any], bytes]]:
    """What a task wrote: the facts and the bytes of each part."""
    page = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/{task}/parts?limit=100").json()
    return [(part, server.client.get(part["content"]).content) for part in page["items"]]


def held_by(server: Running, job: dict[str, Any]) -> list[HeldAsset]:
    """What the job's item holds beside its source, by role."""

    def read(work: Any) -> list[HeldAsset]:
        number = work.jobs.graph(job["number"]).job.item
        return [each for each in work.items.held([number]) if each.task is not None]

    held = server.call(server.house.database.read(read))
    return sorted(held, key=lambda each: each.role)


def test_a_stream_is_kept_played_and_cut_at_once(
    server: Running, media: Path, tmp_path: Path
) -> None:
    job = server.submit(tasks=TASKS, routes=ROUTES, input={"path": str(media)})
    ended = server.finish(job)
    assert ended["state"] == "completed", ended
    pulled = parts(server, job, "pull")
    assert b"".join(data for _, data in pulled) == media.read_bytes()
    assert [data for _, data in parts(server, job, "keep")] == [media.read_bytes()]
    for part, data in parts(server, job, "play"):
        (tmp_path / part["meta"]["name"]).write_bytes(data)
    with av.open(str(tmp_path / "index.m3u8"), format="hls") as rendition:
        assert sum(1 for _ in rendition.decode(video=0)) == 240
    cut = parts(server, job, "cut")
    for part, data in cut:
        place = tmp_path / f"{part['number']}.wav"
        place.write_bytes(data)
        length = part["meta"]["end_ms"] - part["meta"]["start_ms"]
        assert len(samples_of(place)) == round(length * 16)
    ((_, listed),) = parts(server, job, "list")
    seen = [(file["media_type"], file["size"]) for file in json.loads(listed)["inputs"]]
    assert seen == [("audio/wav", len(data)) for _, data in cut]
    assert len(seen) == 3
    held = held_by(server, job)
    playlist = next(each.asset for each in held if each.asset.media_type == HLS)
    link = server.client.post(f"/api/v1/assets/{playlist.handle}/links", json={"method": "GET"})
    with av.open(link.json()["url"], format="hls") as by_link:
        assert sum(1 for _ in by_link.decode(video=0)) == 240
    assert [(each.role, each.main) for each in held] == [("copy", True)] + [
        ("media-mdp", False)
    ] * 4


def test_what_is_no_media_fails_the_job_with_the_reason(server: Running, media: Path) -> None:
    path = media.with_name("list.mp4")
    path.write_text("ffconcat version 1.0\nfile a.ts\n")
    job = server.submit(tasks=TASKS[:3], routes=ROUTES[:2], input={"path": str(path)})
    ended = server.finish(job)
    assert (ended["state"], ended["reason"]["code"]) == ("failed", "not_media")
