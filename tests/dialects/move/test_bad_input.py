"""What goes wrong with a film ends in FAILED with a sentence, or in a right result."""

import json
from pathlib import Path

import httpx2
import pytest

from tests.dialects.move.speaking import Speaker
from tests.engines.motion.made import film
from tests.running import Running

CREATE = "mutation { file: createFile(type: %s) { id presignedUrl } }"


def test_an_upload_that_never_came_fails_the_job_until_it_has(api: Speaker, server: Running,
                                                              walk: Path) -> None:  # fmt: skip
    file = api.data(CREATE % '"mp4"')["file"]
    take = api.take_of(file["id"])

    job = api.job(take, "outputs: [MAIN_FBX]")
    ended = api.ended(job["id"])
    assert ended["state"] == "FAILED"
    assert "never arrived" in ended["failureReason"]
    native = server.client.get(f"/api/v1/jobs/{job['id'].removeprefix('job-')}").json()
    assert native["reason"]["code"] == "asset_not_ready"

    assert httpx2.put(file["presignedUrl"], content=walk.read_bytes()).status_code == 200
    server.client.post(f"/api/v1/jobs/{native['id']}/retry")
    assert api.ended(job["id"])["state"] == "FINISHED"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "empty"),
        (b"this is no film at all" * 50, ""),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", ""),
    ],
)
def test_what_is_no_film_fails_with_a_sentence(api: Speaker, body: bytes, named: str) -> None:
    ended = api.ended(api.job(api.take(body))["id"])
    assert ended["state"] == "FAILED"
    assert ended["outputs"] == []
    assert len(ended["failureReason"]) > 10
    assert ended["percentage_complete"] < 100


def test_one_picture_is_too_short(api: Speaker, tmp_path: Path) -> None:
    ended = api.ended(api.job(api.take(film(tmp_path / "one.mp4", count=1)))["id"])
    assert ended["state"] == "FAILED"
    assert "picture" in ended["failureReason"]


def test_a_film_under_a_wrong_suffix_is_still_a_film(api: Speaker, walk: Path) -> None:
    take = api.take_of(api.upload(walk, "txt"))
    assert api.ended(api.job(take, "outputs: [ALL_BVH]")["id"])["state"] == "FINISHED"


def test_outputs_are_those_that_were_asked_for_in_their_order(api: Speaker, walk: Path) -> None:
    wanted = "outputs: [MOTION_DATA, RENDER_VIDEO, ALL_BVH, RENDER_OVERLAY_VIDEO]"
    ended = api.ended(api.job(api.take(walk), wanted)["id"])
    assert [each["format"] for each in ended["outputs"]] == [
        "motion_data", "render_video", "all_bvh", "render_overlay_video",
    ]  # fmt: skip
    assert [each["file"]["type"] for each in ended["outputs"]] == [".zip", ".mp4", ".bvh", ".mp4"]
    for each in ended["outputs"]:
        answer = httpx2.get(each["file"]["presignedUrl"])
        assert answer.status_code == 200, each
        file = api.data("query ($f: ID!) { getFile(fileId: $f) { id type } }",
                        {"f": each["file"]["id"]})["getFile"]  # fmt: skip
        assert file == {"id": each["file"]["id"], "type": each["file"]["type"]}


def test_the_usual_outputs_have_every_form_of_skeleton(api: Speaker, walk: Path) -> None:
    ended = api.ended(api.job(api.take(walk), 'name: "mine", metadata: "[1, 2]"')["id"])
    assert [each["key"] for each in ended["outputs"]] == [
        "render_video", "main_fbx", "main_glb", "all_bvh", "main_usdz", "motion_data",
        "render_overlay_video",
    ]  # fmt: skip
    assert (ended["name"], json.loads(ended["metadata"])) == ("mine", [1, 2])
    assert ended["inputs"] == {
        "numberOfActors": 1,
        "clipWindow": None,
        "options": dict.fromkeys(("floorPlane", "mocapModel", "trackBall", "trackFingers")),
    }


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("outputs: [MAIN_FBX, MAIN_BLEND]", "MAIN_BLEND"),
        ("outputs: [ALL_C3D]", "ALL_C3D"),
        ("outputs: [SYNC_DATA]", "SYNC_DATA"),
        ("options: {trackBall: true}", "options.trackBall"),
        ("options: {trackFingers: true}", "options.trackFingers"),
        ("options: {mocapModel: M2}", "M2"),
        ("clipWindow: {startTime: 3, endTime: 1}", "clipWindow"),
    ],
)
def test_what_nothing_here_can_do_is_refused_by_its_name(
    api: Speaker, walk: Path, arguments: str, named: str
) -> None:
    take = api.take_of(api.upload(walk))
    error = api.error(f'mutation {{ createSingleCamJob(takeId: "{take}" {arguments}) {{ id }} }}')
    assert error["errorType"] == "MoveValidationError"
    assert named in error["message"]
    listed = api.data(f'{{ listJobs(takeId: "{take}") {{ items {{ id }} }} }}')["listJobs"]
    assert listed["items"] == []


def test_a_take_needs_one_film_and_the_callers_own(api: Speaker, walk: Path) -> None:
    query = "mutation ($s: [SourceInput!]) { createSingleCamTake(sources: $s) { id } }"
    file = api.upload(walk)
    source = {"deviceLabel": "a", "fileId": file, "format": "MP4"}
    for sources in ([], [source, source], [{**source, "format": "MOVE"}]):
        error = api.error(query, {"s": sources})
        assert error["errorType"] == "MoveValidationError"
        assert "one film" in error["message"]
    error = api.error(query, {"s": [{**source, "fileId": "file-1"}]})
    assert "no id of a file" in error["message"]
    nobody = {**source, "fileId": "file-2be2463e-ffa3-419b-beb4-ea0f99c79512"}
    assert api.error(query, {"s": [nobody]})["errorType"] == "MoveNotFoundError"
