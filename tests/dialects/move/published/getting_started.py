"""Runs in the environment of the vendor's package: what its pages on getting started do, in their
order, and every other call that it has. Prints what it saw as JSON.

Environment: MOVE_UGC_ENDPOINT_URL, MOVE_API_KEY, FILM (a path), HOOK (an address).
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import requests
from move_ugc import MoveUgc
from move_ugc.schemas.commons import SortDirection
from move_ugc.schemas.job import ClipWindow, JobOptions
from move_ugc.schemas.sources import CameraSettings, SourceIn, TakeSourceKey
from move_ugc.schemas.volume import AreaType

ugc = MoveUgc(api_key=os.environ["MOVE_API_KEY"])
FILM = Path(os.environ["FILM"])
TERMINAL = {"FINISHED", "FAILED", "CANCELLED"}


def upload(kind: str, body: bytes) -> Any:
    file = ugc.files.create(file_type=kind, name=f"a {kind}", metadata={"foo": "bar"})
    requests.put(file.presigned_url, data=body).raise_for_status()
    return file


def waited_for(job: str) -> Any:
    while True:
        seen = ugc.jobs.retrieve(id=job, expand=["outputs", "take", "client", "inputs", "rig"])
        if seen.state in TERMINAL:
            return seen
        time.sleep(0.2)


def single() -> dict[str, Any]:
    video, data = upload("mp4", FILM.read_bytes()), upload("move", b"depth")
    sources = [
        SourceIn(device_label="my-device", file_id=video.id, format=TakeSourceKey.mp4),
        SourceIn(device_label="my-device", file_id=data.id, format=TakeSourceKey.move),
    ]
    take = ugc.takes.create_singlecam(sources=sources, metadata={"foo": "bar"}, name="a take")
    again = ugc.takes.retrieve(id=take.id, expand=["sources", "client"])
    assert [each.file.id for each in again.sources] == [video.id, data.id]
    job = ugc.jobs.create_singlecam(take_id=take.id, outputs=["MAIN_FBX", "RENDER_VIDEO"])
    ended = waited_for(job.id)
    assert ended.take.id == take.id
    files = {each.format: each.file for each in ended.outputs}
    got = {key: requests.get(file.presigned_url).content for key, file in files.items()}
    shared = ugc.files.generate_share_code(file_id=files["main_fbx"].id)
    return {
        "state": ended.state,
        "progress": [ended.progress.state, ended.progress.percentage_complete],
        "types": {key: file.type for key, file in files.items()},
        "begins": {key: body[:18].decode("latin-1") for key, body in got.items()},
        "shared": requests.get(shared.url).content == got["main_fbx"],
        "take": take.id,
        "job": job.id,
        "video": video.id,
        "rig": ended.rig.name,
    }


def changes(seen: dict[str, Any]) -> dict[str, Any]:
    job = ugc.jobs.update(id=seen["job"], metadata={"a": [1]}, name="named")
    take = ugc.takes.update(id=seen["take"], metadata={"b": 2})
    file = ugc.files.update(id=seen["video"], metadata=json.dumps({"c": 3}), expand=["client"])
    client = ugc.client.update(metadata={"d": 4})
    assert ugc.client.retrieve().metadata == client.metadata
    assert ugc.files.retrieve(id=seen["video"]).metadata == file.metadata
    return {
        "job": [job.metadata, job.name],
        "take": [take.metadata, take.name],
        "file": [file.metadata, file.name],
        "client": client.metadata,
    }


def lists(take: str) -> dict[str, Any]:
    window = ClipWindow(start_time=0.2, end_time=0.8)
    options = JobOptions(floorPlane=True, mocapModel="S1")
    jobs = [
        ugc.jobs.create_singlecam(take_id=take, clip_window=window, options=options)
        for _ in range(3)
    ]
    ends = [waited_for(job.id) for job in jobs]
    newest = ugc.jobs.list(limit=2, take_id=take, expand=["take", "outputs", "client"])
    older = ugc.jobs.list(limit=2, take_id=take, next_token=newest.next_token)
    oldest = ugc.jobs.list(limit=4, take_id=take, sort_by=SortDirection.ASC)
    takes = ugc.takes.list(limit=1, expand=["sources", "client"])
    return {
        "made": [job.id for job in jobs],
        "states": [job.state for job in ends],
        "floor": [job.inputs.options.model_dump(by_alias=True)["floorPlane"] for job in ends],
        "newest": [job.id for job in newest.items],
        "older": [job.id for job in older.items],
        "oldest": [job.id for job in oldest.items],
        "ended": [older.next_token, oldest.next_token],
        "takes": [each.id for each in takes.items],
    }


def several() -> dict[str, Any]:
    sources = [
        SourceIn(
            device_label=f"camera-{i}",
            file_id=upload("mp4", b"film").id,
            format=TakeSourceKey.mp4,
            camera_settings=CameraSettings(lens="goprohero9-fhd"),
        )
        for i in range(2)
    ]
    volume = ugc.volumes.create_human_volume(
        sources=sources, human_height=1.8, area_type=AreaType.NORMAL, name="My volume"
    )
    seen = ugc.volumes.retrieve_human_volume(id=volume.id, expand=["client", "sources"])
    take = ugc.takes.create_multicam(sources=sources, volume_id=volume.id)
    job = ugc.jobs.create_multicam(take_id=take.id, number_of_actors=1, name="My multicam job")
    return {
        "volume": [seen.state, seen.human_height, len(seen.sources)],
        "volumes": [each.id for each in ugc.volumes.list().items] == [volume.id],
        "job": waited_for(job.id).state,
        "lenses": len(ugc.camera_settings.list().items) > 0,
        "rigs": [each.name for each in ugc.rigs.list().items][:1],
    }


def refused(call: Any) -> Any:
    try:
        call()
    except Exception as refusal:
        return refusal.errors[0]["errorType"], refusal.errors[0]["message"]  # type: ignore[attr-defined]
    raise AssertionError("it was not refused")


events = ["ugc.job.state.completed", "ugc.job.state.failed"]
hook = ugc.webhooks.upsert(events=events, uid="my-webhook", url=os.environ["HOOK"])
known = ugc.webhooks.upsert(events=events, uid="my-webhook", url=os.environ["HOOK"])
one = single()
nobody = "job-2be2463e-ffa3-419b-beb4-ea0f99c79512"
print(
    json.dumps(
        {
            "secret": [hook.secret and hook.secret.get_secret_value(), known.secret],
            "single": one,
            "changes": changes(one),
            "lists": lists(one["take"]),
            "several": several(),
            "missing": refused(lambda: ugc.jobs.retrieve(id=nobody)),
            "blend": refused(
                lambda: ugc.jobs.create_singlecam(take_id=one["take"], outputs=["MAIN_BLEND"])
            ),
        }
    )
)
