"""Versions, paths, purge: what an asset was stays readable, and what a job began with stays its."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jobmill.core.accounts import Right
from tests.api.test_assets import upload
from tests.running import Running


def put(server: Running, where: str, data: bytes, **headers: str) -> dict[str, Any]:
    answer = server.client.put(f"/api/v1/{where}", content=data, headers=headers)
    assert answer.is_success, answer.text
    asset: dict[str, Any] = answer.json()
    return asset


def get(server: Running, where: str) -> bytes:
    answer = server.client.get(f"/api/v1/{where}")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_new_bytes_make_a_version_and_old_ones_stay_readable(server: Running) -> None:
    first = upload(server, b"one", **{"X-Name": "a.txt"})
    place = f"assets/{first['id']}"
    second = put(server, f"{place}/content", b"second")
    assert (second["id"], second["version"], second["name"]) == (first["id"], 2, "a.txt")
    assert get(server, f"{place}/content") == b"second"
    assert get(server, f"{place}/content?version=1") == b"one"
    versions = server.client.get(f"/api/v1/{place}/versions").json()
    assert [each["version"] for each in versions["items"]] == [2, 1]
    assert versions["next"] is None
    for each, data in zip(versions["items"], (b"second", b"one"), strict=True):
        assert server.client.get(each["content"]).content == data
    assert server.client.get(f"/api/v1/{place}/versions/1").json()["sha256"] == first["sha256"]
    assert server.client.get(f"/api/v1/{place}/versions/3").status_code == 404


def test_equal_bytes_make_no_version(server: Running) -> None:
    asset = upload(server, b"the same")
    assert put(server, f"assets/{asset['id']}/content", b"the same")["version"] == 1


def test_versions_come_in_pages(server: Running) -> None:
    asset = upload(server, b"0")
    for number in range(1, 5):
        put(server, f"assets/{asset['id']}/content", str(number).encode())
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = server.client.get(f"/api/v1/assets/{asset['id']}/versions", params=query).json()
        seen += [each["version"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2, 1]


def test_a_path_holds_one_asset_with_its_versions(server: Running) -> None:
    made = put(server, "data/shelf/Grüße.txt", b"one")
    assert (made["path"], made["name"], made["version"]) == (
        "data://shelf/Grüße.txt",
        "Grüße.txt",
        1,
    )
    again = put(server, "data/shelf/Grüße.txt", b"two")
    assert (again["id"], again["version"], again["path"]) == (made["id"], 2, made["path"])
    assert get(server, "data/shelf/Grüße.txt") == b"two"
    raw = server.client.post(
        "/api/v1/assets", params={"path": "data://shelf/Grüße.txt"}, content=b"three"
    ).json()
    assert (raw["id"], raw["version"]) == (made["id"], 3)
    found = server.client.get("/api/v1/assets", params={"path": made["path"]}).json()["items"]
    assert [each["id"] for each in found] == [made["id"]]


def test_a_folder_is_listed_without_its_neighbours(server: Running) -> None:
    inside = put(server, "data/box_1/a", b"x")
    put(server, "data/box21/b", b"x")
    put(server, "data/box_1_/c", b"x")
    found = server.client.get("/api/v1/assets", params={"folder": "data://box_1"}).json()
    assert [each["id"] for each in found["items"]] == [inside["id"]]


@pytest.mark.parametrize("path", ["a/../b", "a//b", ".", "a/\x01", "a\\b", " ", "x" * 256])
def test_a_path_that_is_none_is_refused(server: Running, path: str) -> None:
    answer = server.client.post("/api/v1/assets", params={"path": path}, content=b"x")
    assert (answer.status_code, answer.json()["field"]) == (422, "path")


def test_a_job_keeps_to_the_version_that_it_began_with(server: Running) -> None:
    made = put(server, "data/in/five.txt", b"12345")
    for given in ({"path": "data://in/five.txt"}, {"asset": "data://in/five.txt"}):
        job = server.submit(input=given)
        put(server, "data/in/five.txt", b"other bytes")
        assert server.finish(job)["state"] == "completed"
        (result,) = server.client.get(job["links"]["results"]).json()["items"]
        assert result["provenance"]["input_sha256"] == made["sha256"]
        put(server, "data/in/five.txt", b"12345")
    answer = server.client.post(
        "/api/v1/jobs", json={"tasks": [{"engine": "noop"}], "input": {"path": "data://in/no"}}
    )
    assert (answer.status_code, answer.json()["field"]) == (404, "input.path")


def test_an_upload_by_path_tells_whether_it_made_something(server: Running) -> None:
    def tell(data: bytes) -> tuple[int, str | None]:
        answer = server.client.put("/api/v1/data/told/by/status.txt", content=data)
        return answer.status_code, answer.headers.get("Location")

    status, place = tell(b"one")
    assert status == 201
    assert place is not None
    assert server.client.get(place).json()["path"] == "data://told/by/status.txt"
    assert [tell(data) for data in (b"one", b"two")] == [(200, None)] * 2


def test_a_purge_keeps_what_is_known(server: Running) -> None:
    asset = put(server, "data/purge/me.mp4", b"bytes")
    put(server, "data/purge/me.mp4", b"newer bytes")
    one = server.client.post(f"/api/v1/assets/{asset['id']}/purge", json={"version": 1}).json()
    assert (one["state"], one["version"], one["size"]) == ("purged", 1, 5)
    assert one["sha256"] == hashlib.sha256(b"bytes").hexdigest()
    assert get(server, "data/purge/me.mp4") == b"newer bytes"
    whole = server.client.post(f"/api/v1/assets/{asset['id']}/purge").json()
    assert (whole["state"], whole["version"], whole["path"]) == ("purged", 2, asset["path"])
    gone = server.client.get("/api/v1/data/purge/me.mp4")
    assert (gone.status_code, gone.json()["code"]) == (409, "asset_purged")
    again = put(server, "data/purge/me.mp4", b"bytes")
    assert (again["state"], again["version"]) == ("ready", 3)


def test_bytes_go_with_the_last_asset_that_has_them(server: Running) -> None:
    one, two = upload(server, b"shared bytes"), upload(server, b"shared bytes")
    server.client.post(f"/api/v1/assets/{one['id']}/purge")
    assert get(server, f"assets/{two['id']}/content") == b"shared bytes"
    server.client.post(f"/api/v1/assets/{one['id']}/purge")
    assert get(server, f"assets/{two['id']}/content") == b"shared bytes", "counted twice"


def test_a_deleted_asset_frees_its_path(server: Running) -> None:
    made = put(server, "data/free/a", b"1")
    put(server, "data/free/a", b"2")
    assert server.client.delete(f"/api/v1/assets/{made['id']}").status_code == 204
    assert server.client.get("/api/v1/data/free/a").status_code == 404
    anew = put(server, "data/free/a", b"3")
    assert anew["id"] != made["id"]
    assert anew["version"] == 1


def test_a_form_holds_a_file_and_words_beside_it(server: Running) -> None:
    files = {"file": ("Grüße.txt", b"in a form" * 50_000, "text/plain")}
    answer = server.client.post("/api/v1/assets", data={"path": "data://forms/a"}, files=files)
    asset = answer.json()
    assert (answer.status_code, asset["name"]) == (201, "Grüße.txt")
    assert (asset["path"], asset["media_type"]) == ("data://forms/a", "text/plain")
    assert get(server, f"assets/{asset['id']}/content") == b"in a form" * 50_000


def test_a_form_that_is_wrong_leaves_nothing(server: Running) -> None:
    ask, cap = server.client.post, server.settings.max_upload
    two = ask("/api/v1/assets", files=[("a", ("a", b"1")), ("b", ("b", b"2"))])
    assert (two.status_code, two.json()["field"]) == (422, "file")
    none = ask("/api/v1/assets", files={"name": (None, "only a word")})
    assert (none.status_code, none.json()["field"]) == (422, "file")
    large = ask("/api/v1/assets", files={"file": ("a", b"x" * (cap + 1))})
    assert large.status_code == 413
    headers = {"Content-Type": "multipart/form-data; boundary=abc"}
    cut = b'--abc\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nhalf a f'
    half = ask("/api/v1/assets", content=cut, headers=headers)
    assert (half.status_code, half.json()["code"]) == (400, "malformed_body")


def test_what_needs_a_right_asks_for_it(server: Running) -> None:
    asset = upload(server, b"mine")
    reader = {"Authorization": f"Bearer {server.key_with(Right.ASSETS_READ)}"}
    ask = server.client
    assert ask.get(f"/api/v1/assets/{asset['id']}/versions", headers=reader).status_code == 200
    for method, where in (
        ("PUT", f"assets/{asset['id']}/content"),
        ("PUT", "data/a/b"),
        ("POST", f"assets/{asset['id']}/purge"),
        ("DELETE", f"assets/{asset['id']}"),
        ("POST", "assets"),
    ):
        answer = ask.request(method, f"/api/v1/{where}", headers=reader)
        assert answer.status_code == 403, f"{method} {where}: {answer.text}"


def test_a_purge_lets_a_reader_come_to_the_end(server: Running) -> None:
    data = bytes(range(256)) * 3900
    asset = upload(server, data)
    with server.client.stream("GET", asset["content"]) as answer:
        pieces = answer.iter_raw(1000)
        first = next(pieces)
        purged = server.client.post(f"/api/v1/assets/{asset['id']}/purge")
        assert purged.json()["state"] == "purged"
        assert first + b"".join(pieces) == data
    assert server.client.get(asset["content"]).status_code == 409


def test_equal_bytes_that_come_while_others_go_are_never_lost(server: Running) -> None:
    """Uploads and purges of the same bytes, side by side: what says that it is ready, is."""
    data = b"the same bytes again and again"

    def one() -> None:
        for _ in range(15):
            asset = server.client.post("/api/v1/assets", content=data).json()
            back = server.client.get(asset["content"])
            assert (back.status_code, back.content) == (200, data)
            server.client.delete(f"/api/v1/assets/{asset['id']}")

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(one) for _ in range(4)]:
            done.result()
