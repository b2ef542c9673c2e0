"""Programs written for the documentation run unchanged: Node's fetch, curl, a page in a browser."""

import re
import shutil
from itertools import pairwise

import httpx2
import pytest

from jobmill.samples import Sample
from tests.dialects.gentoo.examples import document
from tests.dialects.gentoo.javascript import curl, run, run_example
from tests.dialects.gentoo.server import PAGE_ORIGIN, Server

NAME = re.compile("[0-9a-f]{24}")
OFFSET = re.compile(r"\d+\.\d{6}s")
FRAME = 1001 / 30000
BODY = '{"inputUri": "/myfiles/movie.mp4", "features": ["SHOT_CHANGE_DETECTION"]}'


def seconds(offset: str) -> float:
    assert OFFSET.fullmatch(offset)
    return float(offset[:-1])


def test_a_job_is_started_watched_and_read_by_the_pages_own_javascript(
    server: Server, movie: Sample
) -> None:
    started = run_example("start_job.js", "startJob", server.url)
    assert list(started) == ["name"]
    assert NAME.fullmatch(started["name"])
    server.ended(started["name"])

    done = run_example("check_job.js", "checkJob", server.url, started["name"])

    assert set(document("done.json")) - set(done) == {"workflow"}
    assert (done["origin"], done["status"], done["TTL"]) == ("example_page", "done", 30)
    found = done["response"]["audioFormatAnnotations"]
    truth = movie.truth.audio_format
    assert [each["audioFormat"] for each in found] == [span.label for span in truth]
    for each, span in zip(found, truth, strict=True):
        assert seconds(each["startTimeOffset"]) == pytest.approx(span.start, abs=FRAME)
        assert seconds(each["endTimeOffset"]) == pytest.approx(span.end, abs=FRAME)
    for before, after in pairwise(found):
        assert before["endTimeOffset"] == after["startTimeOffset"]


def test_a_job_is_started_by_workflow_and_listed_by_the_pages_own_javascript(
    server: Server,
) -> None:
    stored = server.call(
        "POST",
        "/workflows",
        json={"name": "workflow-1", "videoContext": {"index": 1, "audioFormatConfig": {}}},
    )
    assert stored.status_code == 200, stored.text

    name = run_example("start_job_with_workflow.js", "startJobWithWorkflow", server.url)["name"]
    done = server.ended(name)
    listed = run_example("view_all_jobs.js", "viewAllJobs", server.url)

    assert done["workflow"] == "workflow-1"
    assert set(document("done.json")) - set(done) == set()
    assert set(document("done.json")["response"]) == set(done["response"])
    mine = next(job for job in listed if job["_id"] == name)
    assert set(document("list.json")[0]) <= set(mine)
    assert (mine["workflow"], mine["status"], mine["name"]) == ("workflow-1", "done", name)


def test_the_documented_example_of_an_unknown_job_is_not_found(server: Server) -> None:
    answer = run_example("check_job.js", "checkJob", server.url)
    assert (answer["error"]["code"], answer["error"]["status"]) == (404, "NOT_FOUND")


def test_curl_sends_json_as_a_form_and_is_understood(server: Server) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    status, started = curl(f"{server.url}/api/ai/jobs", "-d", BODY)
    assert status == 200
    server.ended(started["name"])
    status, done = curl(f"{server.url}/api/ai/jobs/{started['name']}")
    assert (status, done["status"]) == (200, "done")


@pytest.mark.parametrize("kind", [None, "text/plain;charset=UTF-8", "application/json", "x/y"])
def test_bodies_are_json_whatever_their_type_says(server: Server, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = server.call("POST", "/jobs", content=BODY.encode(), headers=headers)
    assert answer.status_code == 200
    assert NAME.fullmatch(answer.json()["name"])


def test_a_page_of_an_allowed_origin_starts_a_job_without_a_preflight(server: Server) -> None:
    headers = {
        "origin": PAGE_ORIGIN,
        "content-type": "text/plain;charset=UTF-8",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
    }
    answer = server.call("POST", "/jobs", content=BODY.encode(), headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE_ORIGIN


def test_a_page_of_an_allowed_origin_passes_its_preflights(server: Server) -> None:
    answer = server.call(
        "OPTIONS",
        "/jobs/x",
        headers={
            "origin": PAGE_ORIGIN,
            "access-control-request-method": "DELETE",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE_ORIGIN
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


def test_nodes_fetch_carries_a_key_as_well(server: Server) -> None:
    answer = run(
        f"fetch('{server.url}/api/ai/jobs?limit=1', "
        f"{{headers: {{authorization: 'Bearer {server.key}'}}}})"
        ".then(r => r.json()).then(j => console.log(JSON.stringify(j)))"
    )
    assert isinstance(answer, list)


def test_a_job_made_natively_is_visible_here_and_one_made_here_natively(
    server: Server, movie: Sample
) -> None:
    native = httpx2.Client(
        base_url=f"{server.url}/api/v1", headers={"authorization": f"Bearer {server.key}"}
    )
    with native:
        made = native.post(
            "/jobs",
            json={
                "input": {"path": "/myfiles/movie.mp4"},
                "features": ["LOUDNESS", "SILENCE", "FREEZE"],
            },
        )
        assert made.status_code == 201, made.text
        here = server.start({"inputUri": "/myfiles/movie.mp4", "features": ["IN_BLACK"]})
        listed = {int(job["_id"][8:], 16): job for job in server.call("GET", "/jobs").json()}
        theirs = listed[made.json()["number"]]
        done = server.ended(theirs["name"])
        ours = next(
            job
            for job in native.get("/jobs", params={"limit": 100}).json()["items"]
            if job["number"] == int(here[8:], 16)
        )

    assert theirs["inputUri"] == "/myfiles/movie.mp4"
    response = done["response"]
    assert response["loudnessAnnotations"][0]["integratedLufs"] < 0
    silence = [span for span in movie.truth.silence if span.end - span.start >= 0.5]
    assert len(response["silenceAnnotations"]) == len(silence)
    assert response["freezeAnnotations"]
    assert "TTL" not in done
    assert ours["features"] == ["IN_BLACK"]
