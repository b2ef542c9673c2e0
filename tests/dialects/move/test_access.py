"""Whose is whose: strangers find nothing, and other faces see the same job."""

from pathlib import Path

import pytest

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
    for path in ("/api/ai/jobs", "/v1.1/jobs"):
        assert server.client.get(path).status_code == 200
    query = f'mutation {{ updateJob(id: "{job["id"]}", metadata: "[1]") {{ metadata name }} }}'
    assert api.data(query)["updateJob"] == {"metadata": "[1]", "name": "n"}
    native = server.client.get(f"/api/v1/jobs/{native['id']}").json()
    assert native["metadata"] == {}
    query = f'mutation {{ updateJob(id: "{job["id"]}", metadata: {{b: 2}}) {{ metadata }} }}'
    assert api.data(query)["updateJob"] == {"metadata": '{"b": 2}'}
