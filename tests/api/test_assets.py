"""Assets: uploaded whole or not at all, downloaded in ranges, deleted."""

import hashlib
import socket
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.running import MakeGate, Running

BYTES = bytes(range(256)) * 40


def upload(server: Running, data: bytes = BYTES, **headers: str) -> dict[str, Any]:
    answer = server.client.post("/api/v1/assets", content=data, headers=headers)
    assert answer.status_code == 201, answer.text
    asset: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/assets/{asset['id']}"
    return asset


def test_an_upload_comes_back_byte_for_byte(server: Running) -> None:
    asset = upload(server, BYTES, **{"X-Name": "noise.mp4", "Content-Type": "video/mp4"})
    assert asset["sha256"] == hashlib.sha256(BYTES).hexdigest()
    assert (asset["name"], asset["size"], asset["state"]) == ("noise.mp4", len(BYTES), "ready")
    assert server.client.get(f"/api/v1/assets/{asset['id']}").json() == asset
    back = server.client.get(asset["content"])
    assert (back.status_code, back.content) == (200, BYTES)
    assert back.headers["content-type"] == "video/mp4"


def test_an_upload_is_the_input_of_a_job(server: Running) -> None:
    asset = upload(server, b"12345", **{"X-Name": "five.txt"})
    job = server.submit(input={"asset": asset["id"]})
    assert server.finish(job)["state"] == "completed"
    (result,) = server.client.get(job["links"]["results"]).json()["items"]
    assert result["document"]["inputs"] == [
        {"port": "in", "name": "five.txt", "media_type": "text/plain", "size": 5}
    ]
    assert result["provenance"]["input_sha256"] == asset["sha256"]


@pytest.mark.parametrize(
    ("header", "name", "media_type"),
    [
        (b"talk.mp4", "talk.mp4", "video/mp4"),
        ("Grüße.wav".encode(), "Grüße.wav", "audio/wav"),
        (b"Gr%C3%BC%C3%9Fe.txt", "Grüße.txt", "text/plain"),
        (b"100%.txt", "100%.txt", "text/plain"),
        (rb"C:\clips\..\a.mov", "a.mov", "video/quicktime"),
        (b"../../etc/passwd", "passwd", "application/octet-stream"),
    ],
)
def test_a_name_is_understood_and_stripped(
    server: Running, header: bytes, name: str, media_type: str
) -> None:
    request = server.client.build_request(
        "POST", "/api/v1/assets", content=b"x", headers=[(b"X-Name", header)]
    )
    asset = server.client.send(request).json()
    assert (asset["name"], asset["media_type"]) == (name, media_type)


def test_the_type_that_curl_adds_on_its_own_is_not_believed(server: Running) -> None:
    headers = {"X-Name": "a.wav", "Content-Type": "application/x-www-form-urlencoded"}
    assert upload(server, BYTES, **headers)["media_type"] == "audio/wav"


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"X-Name": "x" * 256}, 422, "X-Name"),
        ({"X-Name": "a%0Ab"}, 422, "X-Name"),
        ({"X-Name": "dir/"}, 422, "X-Name"),
        ({"Content-Type": "multipart/form-data"}, 415, "Content-Type"),
        ({"Content-Type": "nonsense"}, 422, "Content-Type"),
    ],
)
def test_a_wrong_header_is_named(
    server: Running, headers: dict[str, str], status: int, field: str
) -> None:
    answer = server.client.post("/api/v1/assets", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_an_upload_beyond_the_cap_is_refused_and_leaves_nothing(server: Running) -> None:
    cap = server.settings.max_upload
    before = _files(server)
    told = server.client.post("/api/v1/assets", content=b"x" * (cap + 1))
    assert (told.status_code, told.json()["code"]) == (413, "too_large")
    untold = server.client.post("/api/v1/assets", content=iter([b"x" * cap, b"x"]))
    assert (untold.status_code, untold.json()["code"]) == (413, "too_large")
    assert _files(server) == before
    exactly = upload(server, b"x" * cap)
    assert exactly["size"] == cap


def test_of_an_upload_cut_off_nothing_stays(server: Running) -> None:
    before = _files(server)
    head = (
        f"POST /api/v1/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        "X-Name: half.bin\r\nContent-Length: 900000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.settings.port)) as line:
        line.sendall(head.encode() + b"x" * 500_000)
        _until(lambda: _files(server) != before)
    _until(lambda: _files(server) == before)


def test_ranges_conditions_and_head_work(server: Running) -> None:
    asset = upload(server, b"0123456789")
    get = server.client.get

    def ask(**headers: str) -> tuple[int, bytes, str | None]:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = get(asset["content"], headers=named)
        return answer.status_code, answer.content, answer.headers.get("content-range")

    tag = f'"{asset["sha256"]}"'
    assert ask(range="bytes=2-4") == (206, b"234", "bytes 2-4/10")
    assert ask(range="bytes=7-") == (206, b"789", "bytes 7-9/10")
    assert ask(range="bytes=-3") == (206, b"789", "bytes 7-9/10")
    assert ask(range="bytes=5-99") == (206, b"56789", "bytes 5-9/10")
    for whole in ("bytes=0-", "bytes=0-9", "bytes=0-99", "bytes=-10", "bytes=-99"):
        assert ask(range=whole) == (206, b"0123456789", "bytes 0-9/10")
    assert ask(range="bytes=10-") == (416, b"", "bytes */10")
    assert ask(range="bytes=-0") == (416, b"", "bytes */10")
    for ignored in ("bytes=4-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5"):
        assert ask(range=ignored) == (200, b"0123456789", None)
    assert ask(range="bytes=0-0", if_range=tag)[0] == 206
    assert ask(range="bytes=0-0", if_range='"other"')[0] == 200
    assert ask(if_none_match=tag)[:2] == (304, b"")
    assert ask(if_none_match=f'"a", W/{tag}')[0] == 304
    assert ask(if_none_match="*")[0] == 304
    assert ask(if_none_match='"other"')[0] == 200
    head = server.client.head(asset["content"])
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")


def test_an_empty_upload_is_an_asset_too(server: Running) -> None:
    asset = upload(server, b"")
    assert asset["size"] == 0
    back = server.client.get(asset["content"])
    assert (back.status_code, back.headers["content-length"]) == (200, "0")
    assert server.client.get(asset["content"], headers={"Range": "bytes=0-"}).status_code == 416


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("video/mp4", "inline"),
        ("audio/wav", "inline"),
        ("image/png", "inline"),
        ("text/plain", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
        ("application/pdf", "attachment"),
    ],
)
def test_bytes_of_users_cannot_act_in_a_page(server: Running, media_type: str, shown: str) -> None:
    asset = upload(server, b"<script>", **{"Content-Type": media_type, "X-Name": 'a"b.x'})
    headers = server.client.get(asset["content"]).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert headers["content-disposition"].startswith(f'{shown}; filename="a_b.x"; filename*=UTF-8')


def test_a_deleted_asset_is_gone_with_its_bytes(server: Running) -> None:
    before = _files(server)
    asset = upload(server, b"to be deleted")
    assert server.client.delete(f"/api/v1/assets/{asset['id']}").status_code == 204
    assert server.client.get(f"/api/v1/assets/{asset['id']}").status_code == 404
    assert server.client.delete(f"/api/v1/assets/{asset['id']}").status_code == 404
    _until(lambda: _files(server) == before)


def test_an_asset_is_kept_while_a_job_needs_it_and_purged_after(
    server: Running, gate: MakeGate
) -> None:
    asset, way = upload(server, b"needed"), gate()
    path = f"/api/v1/assets/{asset['id']}"
    job = server.submit(tasks=[way.task()], input={"asset": asset["id"]})
    refused = server.client.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "asset_in_use")
    way.open()
    server.finish(job)
    assert server.client.delete(path).status_code == 204
    assert server.client.get(path).json()["state"] == "purged"
    gone = server.client.get(asset["content"])
    assert (gone.status_code, gone.json()["code"]) == (409, "asset_purged")
    again = server.client.post(
        "/api/v1/jobs", json={"tasks": [{"engine": "noop"}], "input": {"asset": asset["id"]}}
    )
    assert (again.status_code, again.json()["field"]) == (409, "input.asset")


def _files(server: Running) -> set[Path]:
    return {path for path in (server.settings.data / "blobs").rglob("*") if path.is_file()}


def _until(holds: Any, seconds: float = 10.0) -> None:
    """The file system rings no bell: look until it holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.01)


def test_a_download_can_be_left_in_the_middle(server: Running) -> None:
    asset = upload(server, b"x" * 900_000)
    with (
        httpx2.Client(base_url=server.url, headers=server.client.headers) as other,
        other.stream("GET", asset["content"]) as answer,
    ):
        next(answer.iter_raw(1000))
    assert server.client.get(asset["content"]).status_code == 200
