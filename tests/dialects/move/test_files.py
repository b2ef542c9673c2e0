"""Files, takes and volumes: made, seen, changed, listed, shared."""

import json
from typing import Any

import httpx2
import pytest

from jobmill.core.accounts import Right
from tests.dialects.move.speaking import Speaker
from tests.running import Running

FILE = "id type name metadata presignedUrl thumbnailUrl client { id name portal }"
TAKE = """id name metadata takeType videoFile { id } additionalFiles { key format file { id } }
    sources { deviceLabel format cameraSettings { lens } file { id type } }
    syncMethod { clapWindow { startTime endTime } timecodeSync { useTimecode } }
    volume { ... on HumanVolume { id } }"""
VOLUME = """id name state progress { state percentageComplete } areaType humanHeight metadata
    sources { deviceLabel cameraSettings { lens } } clipWindow { startTime endTime } __typename"""


def test_a_file_is_where_its_bytes_go_until_they_are_where_they_come_from(api: Speaker) -> None:
    query = f"""mutation {{ file: createFile(type: "mp4", metadata: "{{\\"a\\": 1}}", name: "me")
        {{ {FILE} }} }}"""
    file = api.data(query)["file"]
    assert (file["type"], file["name"], json.loads(file["metadata"])) == ("mp4", "me", {"a": 1})
    assert file["thumbnailUrl"] is None
    assert file["client"]["portal"].startswith("http")

    answer = httpx2.put(file["presignedUrl"], content=b"film")
    assert (answer.status_code, bool(answer.headers["etag"])) == (200, True)
    again = httpx2.put(file["presignedUrl"], content=b"film", headers={"content-type": "video/mp4"})
    assert again.status_code == 200
    assert httpx2.put(file["presignedUrl"], content=b"other").status_code == 409

    query = f"query ($f: ID!) {{ file: getFile(fileId: $f) {{ {FILE} }} }}"
    there = api.data(query, {"f": file["id"]})["file"]
    assert httpx2.get(there["presignedUrl"]).content == b"film"
    assert {**there, "presignedUrl": ""} == {**file, "presignedUrl": ""}


def test_a_share_code_gives_the_file_and_nothing_else(api: Speaker, server: Running) -> None:
    file = api.upload(b"film")
    query = """mutation ($f: String!) {
        generateShareCode(fileId: $f) { code url created expires file { id } } }"""
    shared = api.data(query, {"f": file})["generateShareCode"]
    assert shared["file"] == {"id": file}
    assert shared["url"].endswith(f"/ugc/file/download?code={shared['code']}")
    assert shared["expires"] > shared["created"]
    assert httpx2.get(shared["url"]).content == b"film"
    part = httpx2.get(shared["url"], headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.content) == (206, b"il")
    for code in ("", "x", shared["code"][:-4] + "AAAA", "é" * 10):
        answer = httpx2.get(f"{server.url}/ugc/file/download", params={"code": code})
        assert answer.status_code == 403, code
        assert answer.json()["errors"][0]["errorType"] == "Unauthorized"
    empty = api.data('mutation { createFile(type: "mp4") { id } }')["createFile"]["id"]
    assert api.error(query, {"f": empty})["errorType"] == "MoveConflictError"


def test_older_and_newer_takes_are_the_same(api: Speaker) -> None:
    film, depth = api.upload(b"film"), api.upload(b"depth", "move")
    older = api.data(
        f"""mutation ($v: String!, $d: String!) {{ take: createTake(videoFileId: $v,
            additionalFileIds: [{{fileId: $d, key: DEPTH}}], metadata: "{{}}") {{ {TAKE} }} }}""",
        {"v": film, "d": depth},
    )["take"]
    newer = api.data(
        f"""mutation ($s: [SourceInput!]) {{
            take: createSingleCamTake(sources: $s, name: "b") {{ {TAKE} }} }}""",
        {
            "s": [
                {"deviceLabel": "camera", "fileId": film, "format": "MP4"},
                {"deviceLabel": "camera", "fileId": depth, "format": "MOVE"},
            ]
        },
    )["take"]
    for take, key in ((older, "DEPTH"), (newer, "MOVE")):
        assert take["takeType"] == "SINGLE_CAM"
        assert take["videoFile"] == {"id": film}
        assert take["additionalFiles"] == [
            {"key": key, "format": key.lower(), "file": {"id": depth}}
        ]
        assert [each["format"] for each in take["sources"]] == ["MP4", "MOVE"]
    query = f"query ($t: ID!) {{ take: getTake(takeId: $t) {{ {TAKE} }} }}"
    assert api.data(query, {"t": older["id"]})["take"] == older

    query = f"""mutation ($t: String!, $m: AWSJSON) {{
        take: updateTake(id: $t, metadata: $m) {{ {TAKE} }} }}"""
    changed = api.data(query, {"t": newer["id"], "m": '{"x": [1]}'})["take"]
    assert json.loads(changed.pop("metadata")) == {"x": [1]}
    assert changed == {key: value for key, value in newer.items() if key != "metadata"}


def test_takes_are_listed_in_pages_both_ways(api: Speaker) -> None:
    file = api.upload(b"film")
    made = [api.take_of(file) for _ in range(5)]
    query = """query ($first: Int, $after: AWSJSON, $way: SortDirection) {
        takes: listTakes(first: $first, after: $after, sortDirection: $way) {
            first after items { id __typename } } }"""

    def pages(way: str, most: int, as_object: bool) -> list[str]:
        seen: list[str] = []
        after: Any = None
        while len(seen) < most:
            given = {"first": 2, "after": after, "way": way, "expand": None}
            page = api.data(query, given)["takes"]
            seen += [each["id"] for each in page["items"]]
            if page["after"] is None:
                return seen
            after = json.loads(page["after"]) if as_object else page["after"]
        return seen

    assert pages("DESC", 5, True)[:5] == made[::-1]
    assert pages("ASC", 10_000, False)[-5:] == made
    error = api.error("{ listTakes(first: 0) { first } }")
    assert error["errorType"] == "MoveValidationError"


@pytest.fixture(scope="module")
def cameras(api: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "deviceLabel": f"camera-{i}",
            "fileId": api.upload(b"film"),
            "format": "MP4",
            "cameraSettings": {"lens": "goprohero10-fhd"},
        }
        for i in range(2)
    ]


@pytest.fixture(scope="module")
def volume(api: Speaker, cameras: list[dict[str, Any]]) -> Any:
    query = f"""mutation ($s: [SourceInput!]) {{ volume: createVolumeWithHuman(
        sources: $s, humanHeight: 1.8, areaType: LARGE, name: "hall",
        clipWindow: {{startTime: 1, endTime: 9}}) {{ {VOLUME} }} }}"""
    return api.data(query, {"s": cameras})["volume"]


def test_a_volume_is_kept_and_listed(api: Speaker, volume: Any) -> None:
    assert (volume["state"], volume["areaType"], volume["humanHeight"]) == (
        "FINISHED",
        "LARGE",
        1.8,
    )
    assert volume["clipWindow"] == {"startTime": 1.0, "endTime": 9.0}
    query = f"query ($v: ID!) {{ getVolume(id: $v) {{ ... on HumanVolume {{ {VOLUME} }} }} }}"
    assert api.data(query, {"v": volume["id"]})["getVolume"] == volume
    query = f"{{ listVolumes {{ items {{ ... on HumanVolume {{ {VOLUME} }} }} }} }}"
    assert volume in api.data(query)["listVolumes"]["items"]


@pytest.mark.parametrize(
    "asked",
    [
        "numberOfActors: 3",
        "options: {mocapModel: S2}",
        "options: {trackFingers: true, trackJerseyNumbers: true}",
        "outputs: [MAIN_BLEND]",
    ],
)
def test_several_cameras_are_what_is_missing_whatever_else_is_asked(
    api: Speaker, volume: Any, cameras: list[dict[str, Any]], asked: str
) -> None:
    query = """mutation ($s: [SourceInput!], $v: String!) {
        take: createMultiCamTake(sources: $s, volumeId: $v) { id } }"""
    take = api.data(query, {"s": cameras, "v": volume["id"]})["take"]["id"]
    query = f'mutation {{ job: createMultiCamJob(takeId: "{take}", {asked}) {{ id }} }}'
    ended = api.ended(api.data(query)["job"]["id"])
    assert ended["state"] == "FAILED"
    assert "triangulation" in ended["failureReason"]


def test_a_job_on_several_cameras_says_what_is_missing(
    api: Speaker, volume: Any, cameras: list[dict[str, Any]]
) -> None:
    query = f"""mutation ($s: [SourceInput!], $v: String!) {{ take: createMultiCamTake(
        sources: $s, volumeId: $v, syncMethod: {{timecodeSync: {{useTimecode: true}}}})
        {{ {TAKE} }} }}"""
    take = api.data(query, {"s": cameras, "v": volume["id"]})["take"]
    assert (take["takeType"], take["volume"]) == ("MULTI_CAM", {"id": volume["id"]})
    assert take["syncMethod"]["timecodeSync"] == {"useTimecode": True}

    query = """mutation ($t: String!) { job: createMultiCamJob(
        takeId: $t, numberOfActors: 1, rig: "move_ve", outputs: [MAIN_FBX]) { id } }"""
    ended = api.ended(api.data(query, {"t": take["id"]})["job"]["id"])
    assert ended["state"] == "FAILED"
    assert "triangulation" in ended["failureReason"]
    assert (ended["inputs"]["numberOfActors"], ended["rig"]) == (1, {"name": "move_ve"})
    error = api.error(f'mutation {{ createSingleCamJob(takeId: "{take["id"]}") {{ id }} }}')
    assert "createMultiCamJob" in error["message"]


def test_the_client_keeps_its_metadata(api: Speaker, server: Running) -> None:
    query = 'mutation { updateClient(metadata: "{\\"d\\": 4}") { id metadata } }'
    changed = api.data(query)["updateClient"]
    assert api.data("{ client { id metadata } }")["client"] == changed
    assert json.loads(changed["metadata"]) == {"d": 4}
    key = server.key_with(Right.JOBS_READ)
    with Speaker(server.url, key) as reader:
        assert reader.error(query)["errorType"] == "Unauthorized"
