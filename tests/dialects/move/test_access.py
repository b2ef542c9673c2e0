"""Whose is whose: strangers find nothing, and other faces see the same job."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from jobmill.dialects.aiware.mapping.ids import job_id
from jobmill.dialects.gentoo.mapping.names import name_of
from tests.dialects.move.speaking import Speaker
from tests.running import Running


@pytest.fixture(scope="module")
def stranger(server: Running) -> str:
    """The key of another organization's admin."""
    made = server.client.post("/api/v1/organizations", json={"name": "others"})
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


def test_a_stranger_finds_nothing(api: Speaker, server: Running, stranger: str, walk: Path) -> None:
    file = api.upload(walk)
    take = api.take_of(file)
    job = api.job(take)["id"]
    calls = [
        f'query {{ getFile(fileId: "{file}") {{ id }} }}',
        f'query {{ getTake(takeId: "{take}") {{ id }} }}',
        f'query {{ getJob(jobId: "{job}") {{ id }} }}',
        f'query {{ listJobs(takeId: "{take}") {{ first }} }}',
        f'mutation {{ updateFile(id: "{file}", name: "x") {{ id }} }}',
        f'mutation {{ updateTake(id: "{take}", name: "x") {{ id }} }}',
        f'mutation {{ updateJob(id: "{job}", name: "x") {{ id }} }}',
        f'mutation {{ generateShareCode(fileId: "{file}") {{ code }} }}',
        f'mutation {{ createJob(takeId: "{take}") {{ id }} }}',
        f'mutation {{ createTake(videoFileId: "{file}") {{ id }} }}',
    ]
    with Speaker(server.url, stranger) as other:
        for call in calls:
            body = other.post(call).json()
            if "listJobs" in call:
                assert body["data"] == {"listJobs": None}
            assert body["errors"][0]["errorType"] == "MoveNotFoundError", call
        for name in ("listJobs", "listTakes", "listVolumes"):
            listed = other.data(f"{{ {name} {{ items {{ __typename }} after }} }}")
            assert listed == {name: {"items": [], "after": None}}
    api.ended(job)


def test_a_colleague_sees_what_is_shared_with_them(
    api: Speaker, server: Running, walk: Path
) -> None:
    take = api.take(walk)
    shared, own = (api.job(take, "outputs: [MAIN_FBX]")["id"] for _ in range(2))
    ended = api.ended(shared)
    user = server.client.post("/api/v1/users", json={"name": "cleo"}).json()["id"]
    key = {"user": user, "name": "cleo", "rights": ["*"]}
    made = server.client.post("/api/v1/keys", json=key).json()["key"]
    people = [{"user": user, "steps": []}]
    place = f"/api/v1/jobs/{shared.removeprefix('job-')}/collaborators"
    assert server.client.put(place, json={"collaborators": people}).status_code == 200
    with Speaker(server.url, made) as cleo:
        seen = cleo.see(shared)
        assert (seen["state"], seen["take"]) == ("FINISHED", {"id": take})
        (output,) = seen["outputs"]
        assert output["file"]["id"] == ended["outputs"][0]["file"]["id"]
        query = "query ($f: ID!) { getFile(fileId: $f) { type presignedUrl } }"
        file = cleo.data(query, {"f": output["file"]["id"]})["getFile"]
        assert httpx2.get(file["presignedUrl"]).content.startswith(b"Kaydara")
        query = f'{{ getTake(takeId: "{take}") {{ videoFile {{ id }} }} }}'
        assert cleo.data(query)["getTake"]["videoFile"] is not None
        listed = cleo.data("{ listJobs { items { id } } }")["listJobs"]["items"]
        assert listed == [{"id": shared}]
        assert cleo.error(f'{{ getJob(jobId: "{own}") {{ id }} }}')
        for change in (
            f'updateJob(id: "{shared}", name: "x") {{ id }}',
            f'updateTake(id: "{take}", name: "x") {{ id }}',
            f'updateFile(id: "{output["file"]["id"]}", name: "x") {{ id }}',
            'upsertWebhookEndpoint(uid: "x", url: "https://example.com") { uid }',
        ):
            error = cleo.error(f"mutation {{ {change} }}")
            assert error["errorType"] == "Unauthorized", change


def test_a_job_of_another_kind_is_no_job_here(api: Speaker, server: Running) -> None:
    job = server.submit()
    error = api.error(f'{{ getJob(jobId: "job-{job["id"]}") {{ id }} }}')
    assert error["errorType"] == "MoveNotFoundError"


def test_a_job_made_natively_is_seen_with_its_film_as_a_take(
    api: Speaker, server: Running, walk: Path
) -> None:
    asset = server.client.post(
        "/api/v1/assets", content=walk.read_bytes(), headers={"X-Name": "walk.mp4"}
    ).json()["id"]
    body = {"tasks": [{"name": "m", "engine": "motion", "params": {"outputs": ["glb", "usda"]}}]}
    made = server.client.post("/api/v1/jobs", json={**body, "input": {"asset": asset}}).json()
    seen = api.ended(f"job-{made['id']}")
    assert seen["state"] == "FINISHED"
    assert [(each["key"], each["file"]["type"]) for each in seen["outputs"]] == [
        ("main_glb", ".glb"),
        ("main_usda", ".usda"),
    ]
    query = "query ($t: ID!) { getTake(takeId: $t) { takeType videoFile { id type name } } }"
    take = api.data(query, {"t": seen["take"]["id"]})["getTake"]
    assert take == {
        "takeType": "SINGLE_CAM",
        "videoFile": {"id": f"file-{asset}", "type": ".mp4", "name": "walk.mp4"},
    }


def test_a_job_made_here_is_an_ordinary_job(api: Speaker, server: Running, walk: Path) -> None:
    job = api.ended(api.job(api.take(walk), 'name: "n", metadata: "{\\"a\\": 1}"')["id"])
    native = server.client.get(f"/api/v1/jobs/{job['id'].removeprefix('job-')}").json()
    assert (native["state"], native["origin"], native["name"]) == ("completed", "move", "n")
    assert native["metadata"] == {"a": 1}
    _check_other_faces(server, native)
    query = f'mutation {{ updateJob(id: "{job["id"]}", metadata: "[1]") {{ metadata name }} }}'
    assert api.data(query)["updateJob"] == {"metadata": "[1]", "name": "n"}
    native = server.client.get(f"/api/v1/jobs/{native['id']}").json()
    assert native["metadata"] == {}
    query = f'mutation {{ updateJob(id: "{job["id"]}", metadata: {{b: 2}}) {{ metadata }} }}'
    assert api.data(query)["updateJob"] == {"metadata": '{"b": 2}'}


def _check_other_faces(server: Running, native: Any) -> None:
    """The gentoo and aiWARE faces show the job and what it lies beside."""
    gentoo = server.client.get(f"/api/ai/jobs/{name_of(native['id'], native['number'])}")
    assert gentoo.status_code == 200, gentoo.text
    query = """query ($id: ID!) { job(id: $id) { status target { name
        assets { records { assetType signedUri } } } } }"""
    variables = {"id": job_id(native["id"], native["number"])}
    body = {"query": query, "variables": variables}
    aiware = server.client.post("/v3/graphql", json=body).json()
    assert "errors" not in aiware, aiware
    found = aiware["data"]["job"]
    assert (found["status"], found["target"]["name"]) == ("complete", "walk")
    kinds = {each["assetType"] for each in found["target"]["assets"]["records"]}
    assert {"media", "motion-fbx", "motion-overlay"} <= kinds
