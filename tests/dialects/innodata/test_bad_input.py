"""What is wrong is answered with 4xx in the envelope, naming the field and the fix."""

from pathlib import Path
from typing import Any

import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import PASSWORD, People, email_of

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("files") / "letter.txt"
    file.write_text("Total: 1\n")
    return file


@pytest.fixture(scope="module")
def document(people: People, text: Path) -> str:
    uri: str = people.curl("ana").upload(text)["contents_uri"]
    return uri


@pytest.mark.parametrize("mount", ["/v1.1", "/v1"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/nothing/here"),
        ("GET", "/jobs/"),
        ("PATCH", "/jobs"),
        ("DELETE", "/status"),
        ("POST", f"/jobs/{NOBODY}"),
        ("OPTIONS", "/jobs"),
    ],
)
def test_an_unknown_path_answers_in_the_envelope(
    people: People, mount: str, method: str, path: str
) -> None:
    answer = Curl(people.url, f"{people.live['ana']}:", mount)(method, path)
    assert (answer.status, answer.error["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "user",
    [
        None,
        "user-live-00000000-0000-4000-8000-000000000000:",
        "user-test-nonsense:",
        ":password",
        "jm_abc_def:",
        "ana@example.test:correct horse battery",
    ],
)
def test_without_a_known_key_nothing_is_told(people: People, user: str | None) -> None:
    answer = Curl(people.url, user)("GET", "/jobs")
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic /w==", "Basic", "Digest x", "Bearer x"])
def test_a_header_that_is_no_key_is_refused(people: People, header: str) -> None:
    answer = Curl(people.url)("GET", "/jobs", "-H", f"Authorization: {header}")
    assert answer.status == 401, answer.body


def test_a_live_key_is_no_test_key(people: People) -> None:
    swapped = people.live["ana"].replace("live", "test")
    assert Curl(people.url, f"{swapped}:")("GET", "/jobs").status == 401


def test_a_page_of_another_origin_is_refused(people: People) -> None:
    ana = people.curl("ana")
    for header in ("Origin: http://evil.example", "Sec-Fetch-Site: cross-site"):
        assert ana("GET", "/jobs", "-H", header).status == 403
    own = f"Origin: {people.url}"
    assert ana("GET", "/jobs", "-H", own).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        ('{"type": NaN}', 400),
        ("[" * 100_000, 400),
        ('{"a": "\\ud800"}', 400),
    ],
)
def test_a_body_that_is_no_object_is_refused(people: People, body: str, status: int) -> None:
    answer = people.curl("ana")("POST", "/jobs", "--data-binary", body)
    assert (answer.status, answer.error["details"] is not None) == (status, True)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "type"),
        ({"type": "no-such-type"}, "type"),
        ({"type": 5}, "type"),
        ({"type": "doc2xml", "contents": None}, "contents"),
        ({"type": "doc2xml", "contents": [{"role": "input", "uri": NOBODY}]}, "contents"),
        ({"type": "data-point-extraction"}, "mapping.taxonomy"),
        ({"type": "indexing"}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": "nowhere.json"}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": NOBODY}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": 3}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": "letter.txt"}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": {"name": "x"}}, "indexing.taxonomy"),
        ({"type": "indexing", "indexing.taxonomy": {"x": "y" * 10**6}}, "indexing.taxonomy"),
        (
            {"type": "doc2xml", "collaboration": {"teams": [{"name": "none", "steps": []}]}},
            "collaboration.teams.0",
        ),
        (
            {"type": "doc2xml", "collaboration": {"users": [{"email": "no@x.test"}]}},
            "collaboration.users.0",
        ),
        ({"type": "doc2xml", "metadata": {"long": "x" * 20_000}}, "metadata"),
    ],
)
def test_a_job_that_cannot_be_is_refused_when_it_is_made(
    people: People, document: str, fields: dict[str, Any], field: str
) -> None:
    ana = people.curl("ana")
    before = ana.get("/jobs")["total"]
    body = {"contents": [{"role": "input", "uri": document}], **fields}
    answer = ana("POST", "/jobs", body=body)
    assert answer.status == 400, answer.body
    assert answer.error["details"]["field"] == field
    assert answer.error["message"].startswith(f"{field}")
    assert ana.get("/jobs")["total"] == before


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "offset=-1", "status=done", "limit=99999", "offset=1e3"],
)
def test_a_wrong_filter_is_refused(people: People, query: str) -> None:
    answer = people.curl("ana")("GET", f"/jobs?{query}")
    assert (answer.status, answer.error["details"]["field"]) == (400, query.split("=")[0])


def test_a_form_is_no_document(people: People, text: Path) -> None:
    answer = people.curl("ana")("POST", "/documents", "-F", f"file=@{text}")
    assert (answer.status, answer.error["details"]["field"]) == (415, "Content-Type")


@pytest.mark.parametrize("header", ["X-Type: nonsense", "X-Name: ..", "X-Name: %0a"])
def test_a_document_needs_a_sound_name_and_type(people: People, header: str) -> None:
    answer = people.curl("ana")("POST", "/documents", "-H", header, "--data-binary", "x")
    assert (answer.status, answer.error["details"]["field"]) == (400, header.split(":")[0])


@pytest.mark.parametrize(
    "path",
    [
        f"/jobs/{NOBODY}",
        "/jobs/nonsense",
        f"/jobs/{NOBODY}/contents/output",
        f"/documents/{NOBODY}",
        f"/documents/{NOBODY}/contents",
        "/job-types/nonsense",
        "/users/nobody@example.test",
        "/teams/nobody",
    ],
)
def test_what_is_not_there_is_not_found(people: People, path: str) -> None:
    assert people.curl("ana")("GET", path).status == 404


def test_a_broken_document_fails_its_job_with_a_reason(people: People, tmp_path: Path) -> None:
    ana = people.curl("ana", test=True)
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"\0\1\2")
    uri = ana.upload(broken)["contents_uri"]
    job = ana.post("/jobs", {"type": "doc2xml", "contents": [{"role": "input", "uri": uri}]})
    failed = ana.until(job["id"])
    assert (failed["status"], failed["output_content"]) == ("failed", None)
    assert failed["error"] == {
        "code": "unreadable",
        "message": "The document is broken.",
        "step": "read",
    }
    assert failed["progress"]["current"] < failed["progress"]["total"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": email_of("ana"), "password": "wrong"}, 401),
        ({"username": "nobody@example.test", "password": PASSWORD}, 401),
        ({"username": email_of("ana")}, 400),
        ({"password": PASSWORD}, 400),
        ({"authentication_method": "token", "username": "a", "password": "b"}, 400),
    ],
)
def test_a_sign_in_that_fails_tells_no_key(
    people: People, body: dict[str, Any], status: int
) -> None:
    assert Curl(people.url)("POST", "/users/login", body=body).status == status
