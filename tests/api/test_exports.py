"""Exports over HTTP: an archive with a link, or one file at once."""

import io
import zipfile
from typing import Any

import httpx2
import pytest

from tests.running import Running

FACTS = {
    "language": "en",
    "words": [
        {"start_ms": 0, "end_ms": 400, "text": "Fish", "speaker": "Ada"},
        {"start_ms": 400, "end_ms": 700, "text": "&", "speaker": "Ada"},
        {"start_ms": 800, "end_ms": 1200, "text": "chips.", "speaker": "Bo"},
    ],
}
WRITE = [{"name": "write", "engine": "output-writer", "params": {"asset": False}}]


@pytest.fixture(scope="module")
def job(server: Running) -> dict[str, Any]:
    """A job that has found some words."""
    made = server.submit(tasks=WRITE, input={"json": FACTS}, name="Menu")
    ended = server.finish(made)
    assert ended["state"] == "completed", ended
    return ended


def export(server: Running, status: int = 202, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/api/v1/exports", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    if status == 202:
        assert answer.headers["location"] == f"/api/v1/exports/{found['id']}"
    return found


def finished(server: Running, made: dict[str, Any]) -> dict[str, Any]:
    server.finish(made)
    found: dict[str, Any] = server.client.get(f"/api/v1/exports/{made['id']}").json()
    return found


def test_an_archive_is_made_and_downloaded_by_its_link_without_a_key(
    server: Running, job: dict[str, Any]
) -> None:
    formats = ["srt", {"format": "vtt", "options": {"with_speaker_data": True}}]
    made = export(server, jobs=[job["id"], job["number"]], formats=formats, name="All")
    assert (made["state"], made["url"], made["files"]) == ("incomplete", None, [])
    done = finished(server, made)
    assert (done["state"], done["reason"], done["problems"]) == ("complete", None, [])
    assert [file["name"] for file in done["files"]] == [
        "Menu.srt",
        "Menu.vtt",
        "Menu-2.srt",
        "Menu-2.vtt",
    ]
    answer = httpx2.get(done["url"])
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("Menu.vtt").decode() == (
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.200\nAda: Fish &amp;\nBo: chips.\n"
        )
    listed = server.client.get("/api/v1/exports", params={"limit": 1}).json()
    assert listed["items"][0]["id"] == made["id"]
    assert server.client.get(f"/api/v1/assets/{done['asset']}").json()["name"] == "All.zip"


def test_one_file_is_made_at_once(server: Running, job: dict[str, Any]) -> None:
    params = {"max_characters_per_line": 8, "lines_per_screen": 1}
    path = f"/api/v1/jobs/{job['number']}/exports"
    answer = server.client.get(f"{path}/srt", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-subrip"
    assert 'filename="Menu.srt"' in answer.headers["content-disposition"]
    assert answer.text == (
        "1\n00:00:00,000 --> 00:00:00,700\nFish &\n\n2\n00:00:00,800 --> 00:00:01,200\nchips.\n"
    )
    again = server.client.get(f"{path}/srt", params=params, headers={"Range": "bytes=0-0"})
    assert (again.status_code, again.text) == (206, "1")
    assert server.client.get(f"{path}/docx").content.startswith(b"PK")


def test_media_comes_along_when_asked_for(server: Running) -> None:
    asset = server.client.post(
        "/api/v1/assets", json=None, content=b'{"text": "a"}', headers={"X-Name": "facts.json"}
    ).json()
    made = server.submit(tasks=WRITE, input={"asset": asset["id"]})
    server.finish(made)
    done = finished(server, export(server, jobs=[made["id"]], formats=["txt"], include_media=True))
    assert [each["name"] for each in done["media"]] == ["media/facts.json"]
    with zipfile.ZipFile(io.BytesIO(httpx2.get(done["url"]).content)) as archive:
        assert archive.read("media/facts.json") == b'{"text": "a"}'
        assert archive.read("facts.txt") == b"a\n"


def test_a_job_without_words_has_no_captions(server: Running) -> None:
    plain = server.finish(server.submit())
    answer = server.client.get(f"/api/v1/jobs/{plain['id']}/exports/vtt")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_export")
    done = finished(server, export(server, jobs=[plain["id"]], formats=["vtt"]))
    assert done["state"] == "failed"
    assert done["reason"]["code"] == "nothing_to_export"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"jobs": [], "formats": ["srt"]}, 422, "jobs"),
        ({"jobs": ["1"], "formats": []}, 422, "formats"),
        ({"jobs": ["1"], "formats": ["xml"]}, 422, "formats"),
        ({"jobs": ["nowhere"], "formats": ["srt"]}, 404, None),
        ({"items": [987654321], "formats": ["srt"]}, 404, None),
        (
            {"jobs": [1], "formats": [{"format": "srt", "options": {"lines": 1}}]},
            422,
            "formats.0.options.lines",
        ),
        ({"jobs": [1], "formats": ["srt"], "start_ms": 9, "end_ms": 3}, 422, "end_ms"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    server: Running, job: dict[str, Any], body: dict[str, Any], status: int, field: str | None
) -> None:
    problem = export(server, status, **body)
    assert (problem.get("field") or "").startswith(field or "")


def test_an_option_that_the_format_lacks_is_named(server: Running, job: dict[str, Any]) -> None:
    path = f"/api/v1/jobs/{job['id']}/exports/txt"
    answer = server.client.get(path, params={"lines_per_screen": 2})
    assert answer.status_code == 422
    assert "txt has no such option" in answer.json()["detail"]
    assert server.client.get(path.replace("txt", "xml")).status_code == 422


def test_a_deleted_export_is_gone_and_so_is_its_link(server: Running, job: dict[str, Any]) -> None:
    done = finished(server, export(server, jobs=[job["id"]], formats=["json"]))
    assert httpx2.get(done["url"]).status_code == 200
    server.client.delete(f"/api/v1/jobs/{done['id']}")
    assert server.client.get(f"/api/v1/exports/{done['id']}").status_code == 404
