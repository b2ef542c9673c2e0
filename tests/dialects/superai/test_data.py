"""`data://` storage: uploaded by links, listed, signed, deleted; each owner's own."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.dialects.superai.conftest import Caller, caller
from tests.running import Running


@pytest.fixture(scope="module")
def others(server: Running) -> Iterator[Caller]:
    """Somebody of another organization."""
    made = server.client.post("/api/v1/organizations", json={"name": "others"})
    with caller(server, made.json()["key"]) as found:
        yield found


@pytest.fixture(scope="module")
def colleague(server: Running) -> Iterator[Caller]:
    """A user of the same organization who is no admin."""
    user = {"name": "eve", "email": "eve@example.org", "password": "long enough 1"}
    made = server.client.post("/api/v1/users", json=user).json()
    body = {"user": made["id"], "name": "k", "rights": ["*"]}
    key = server.client.post("/api/v1/keys", json=body).json()["key"]
    with caller(server, key) as found:
        yield found


def upload(who: Caller, path: str, text: bytes, mime: str = "application/json") -> Any:
    """As the published client does it."""
    params = {"path": path, "description": "of a test", "mimeType": mime, "uploadUrl": "True"}
    made = who.given("POST", "data", params=params)
    sent = httpx2.put(made.pop("uploadUrl"), content=text, headers={"Content-Type": mime})
    assert sent.status_code == 200, sent.text
    return made


def test_what_is_uploaded_is_read_by_a_signed_address(admin: Caller) -> None:
    made = upload(admin, "in/first.json", b'{"test1": true}')
    assert (made["path"], made["mimeType"], made["status"]) == (
        "in/first.json",
        "application/json",
        "ACTIVE",
    )
    assert (made["ownerId"], made["description"]) == (admin.user, "of a test")
    assert made["dataUrl"] == f"data://{admin.user}/in/first.json"
    for path in ("in/first.json", made["dataUrl"]):
        signed = admin.given("GET", "data/url", params={"path": path, "secondsTtl": 600})
        assert (signed["ownerId"], signed["path"]) == (admin.user, "in/first.json")
        assert httpx2.get(signed["signedUrl"]).json() == {"test1": True}


def test_a_second_upload_to_a_path_replaces_the_bytes_and_keeps_the_id(admin: Caller) -> None:
    first = upload(admin, "in/twice.txt", b"1", "text/plain")
    again = upload(admin, "in/twice.txt", b"2", "text/plain")
    assert again["id"] == first["id"]
    signed = admin.given("GET", "data/url", params={"path": "in/twice.txt"})
    assert httpx2.get(signed["signedUrl"]).text == "2"
    (listed,) = admin.given("GET", "data", params={"dataId": first["id"]})["content"]
    assert (listed["path"], listed["description"]) == ("in/twice.txt", "of a test")


def test_data_is_listed_by_page_by_id_by_path_and_below_a_folder(admin: Caller) -> None:
    made = [upload(admin, f"many/{n}.txt", b"x", "text/plain") for n in range(3)]
    page = admin.given("GET", "data", params={"path": "many", "recursive": "True", "size": 2})
    assert [each["path"] for each in page["content"]] == ["many/2.txt", "many/1.txt"]
    shape = (page["totalElements"], page["totalPages"], page["first"], page["last"])
    assert shape == (3, 2, True, False)
    rest = admin.given(
        "GET", "data", params={"path": "many", "recursive": True, "size": 2, "page": 1}
    )
    assert ([each["id"] for each in rest["content"]], rest["last"]) == ([made[0]["id"]], True)
    ids = admin.given("GET", "data", params={"dataId": [made[0]["id"], made[2]["id"], 10**12]})
    assert {each["id"] for each in ids["content"]} == {made[0]["id"], made[2]["id"]}
    paths = {"path": ["many/1.txt", "many/9.txt"], "recursive": "False"}
    (only,) = admin.given("GET", "data", params=paths)["content"]
    assert only["id"] == made[1]["id"]
    signed = admin.given("GET", "data", params={"dataId": made[0]["id"], "signedUrl": "True"})
    assert httpx2.get(signed["content"][0]["signedUrl"]).text == "x"


def test_what_is_deleted_is_gone(admin: Caller) -> None:
    upload(admin, "gone/a.txt", b"x", "text/plain")
    deleted = admin.given("DELETE", "data", params={"path": "gone/a.txt"})
    assert (deleted["path"], deleted["status"]) == ("gone/a.txt", "DELETED")
    admin.refused(404, "DELETE", "data", params={"path": "gone/a.txt"})
    admin.refused(404, "GET", "data/url", params={"path": "gone/a.txt"})


def test_an_address_elsewhere_is_given_back_as_it_is(admin: Caller) -> None:
    url = "https://example.org/sample.json"
    signed = admin.given("GET", "data/url", params={"path": url})
    assert (signed["path"], signed["signedUrl"]) == (url, url)


def test_bytes_that_have_not_come_cannot_be_read(admin: Caller) -> None:
    admin.given("POST", "data", params={"path": "in/none.txt"})
    said = admin.refused(400, "GET", "data/url", params={"path": "in/none.txt"})
    assert "not been uploaded" in said


def test_nobody_else_reads_lists_deletes_or_writes(
    admin: Caller, colleague: Caller, others: Caller
) -> None:
    made = upload(admin, "own/secret.txt", b"x", "text/plain")
    for who in (colleague, others):
        assert who.user != admin.user
        who.refused(404, "GET", "data/url", params={"path": made["dataUrl"]})
        who.refused(404, "DELETE", "data", params={"path": made["dataUrl"]})
        for params in ({"dataId": made["id"]}, {"path": made["dataUrl"]}, {}):
            assert who.given("GET", "data", params=params)["content"] == []
        new = {"path": f"data://{admin.user}/own/new.txt"}
        assert "not in your storage" in who.refused(403, "POST", "data", params=new)


def test_a_job_works_on_data_by_its_path(server: Running, admin: Caller) -> None:
    made = upload(admin, "in/input.txt", b"x", "text/plain")
    answer = server.client.post(
        "/api/v1/jobs",
        json={"tasks": [{"name": "a", "engine": "noop"}], "input": {"asset": made["dataUrl"]}},
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("path", "params", "about"),
    [
        ("data/url", {}, "path"),
        ("data/url", {"path": "../x"}, "path"),
        ("data/url", {"path": "a", "secondsTtl": str(8 * 24 * 3600)}, "secondsTtl"),
        ("data", {"dataId": "one"}, "dataId"),
        ("data", {"size": "0"}, "size"),
        ("data", {"page": "-1"}, "page"),
        ("data", {"recursive": "perhaps"}, "recursive"),
    ],
)
def test_a_slip_is_named(admin: Caller, path: str, params: dict[str, str], about: str) -> None:
    assert admin.refused(400, "GET", path, params=params).startswith(about)


@pytest.mark.parametrize("path", ["/", "data://{owner}", "data://{owner}/"])
def test_the_storage_itself_is_no_place_for_bytes(admin: Caller, path: str) -> None:
    query = {"path": path.format(owner=admin.user)}
    assert admin.refused(400, "POST", "data", params=query).startswith("path: ")
