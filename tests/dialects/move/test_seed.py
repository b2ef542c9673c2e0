"""Every GraphQL document of the documentation as it stands there, ids filled in."""

import json
import re
from pathlib import Path

import httpx2

from tests.dialects.move.speaking import Speaker, example

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_a_job_is_created_retrieved_and_listed_as_printed(api: Speaker, walk: Path) -> None:
    take = api.take(walk)

    job = api.data(example("create_job", take=take))["job"]
    assert re.fullmatch(f"job-{UUID}", job["id"])
    assert re.fullmatch(f"client-{UUID}", job["client"]["id"])
    assert job["take"] == {"id": take}
    assert job["state"] in ("NOT_STARTED", "STARTED", "RUNNING")
    assert (job["metadata"], job["outputs"]) == ("{}", [])

    ended = api.ended(job["id"])
    assert ended["state"] == "FINISHED", ended
    assert ended["percentage_complete"] == 100
    assert ended["progress"] == {
        "state": "FINISHED",
        "percentageComplete": 100,
        "percentage_complete": 100,
    }

    seen = api.data(example("retrieve_job", job=job["id"]))["job"]
    files = {each["key"]: httpx2.get(each["file"]["presignedUrl"]) for each in seen["outputs"]}
    assert {key: answer.status_code for key, answer in files.items()} == {"mp4": 200, "fbx": 200}
    assert files["fbx"].content.startswith(b"Kaydara FBX Binary")
    assert files["mp4"].content[4:8] == b"ftyp"

    listed = api.data(example("list_jobs"))["listJobs"]
    assert listed["first"] == 50
    assert job["id"] in {each["id"] for each in listed["items"]}


def test_metadata_is_text_both_ways(api: Speaker, walk: Path) -> None:
    job = api.data(example("create_job_with_metadata", take=api.take(walk)))["job"]

    assert json.loads(job["metadata"]) == {"key": "value"}
    assert json.loads(api.ended(job["id"])["metadata"]) == {"key": "value"}
