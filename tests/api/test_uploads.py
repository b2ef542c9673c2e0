"""Uploads by tus: they go on after a cut, and take what was declared and no more."""

import asyncio
import base64
import hashlib
import io
import socket
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from tusclient.client import TusClient

from jobmill.core.accounts import Right, bearer_principal
from jobmill.core.clock import FakeClock
from jobmill.core.uploads import Upload, get_upload
from jobmill.http.finishing import finish
from jobmill.runtime.uploads import UploadEnds
from tests.running import Running

DATA = bytes(range(251)) * 1000
PIECE = {"Content-Type": "application/offset+octet-stream"}


def ask(server: Running, method: str, where: str = "", **more: Any) -> httpx2.Response:
    headers = {"Tus-Resumable": "1.0.0", **more.pop("headers", {})}
    where = where or "/api/v1/uploads"
    return server.client.request(method, where, headers=headers, **more)


def word(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def create(server: Running, size: int, metadata: str = "", **more: Any) -> httpx2.Response:
    headers = {"Upload-Length": str(size), "Upload-Metadata": metadata, **more.pop("headers", {})}
    answer = ask(server, "POST", headers=headers, **more)
    assert answer.status_code == 201, answer.text
    return answer


def patch(server: Running, where: str, offset: int, data: Any, **headers: str) -> httpx2.Response:
    told = {**PIECE, "Upload-Offset": str(offset), **headers}
    return ask(server, "PATCH", where, content=data, headers=told)


def offset_of(server: Running, where: str) -> int:
    return int(ask(server, "HEAD", where).headers["upload-offset"])


def asset_of(server: Running, answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = server.client.get(
        f"/api/v1/assets/{answer.headers['jobmill-asset']}"
    ).json()
    return found


def test_what_tus_can_do_here_is_told_without_a_key(server: Running) -> None:
    told = httpx2.options(f"{server.url}/api/v1/uploads")
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0"
    assert told.headers["tus-max-size"] == str(server.settings.max_upload)
    assert set(told.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "termination",
        "expiration",
        "checksum",
    }


def test_pieces_become_an_asset_that_was_there_before_them(server: Running) -> None:
    made = create(server, 10, f"filename {word('Grüße.mp4')},filetype {word('video/mp4')},empty")
    where = made.headers["location"]
    waiting = asset_of(server, made)
    assert (waiting["state"], waiting["declared_size"]) == ("awaiting", 10)
    first = patch(server, where, 0, b"01234")
    assert (first.status_code, first.headers["upload-offset"]) == (204, "5")
    assert "upload-expires" in first.headers
    assert offset_of(server, where) == 5
    last = patch(server, where, 5, b"56789")
    assert (last.status_code, last.headers["upload-offset"]) == (204, "10")
    asset = asset_of(server, last)
    assert (asset["state"], asset["name"]) == ("ready", "Grüße.mp4")
    assert asset["media_type"] == "video/mp4"
    assert server.client.get(asset["content"]).content == b"0123456789"
    head = ask(server, "HEAD", where)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("10", "10")
    assert head.headers["cache-control"] == "no-store"
    assert patch(server, where, 10, b"").status_code == 204


def test_bytes_may_come_with_the_creation(server: Running) -> None:
    made = create(server, 10, content=b"01234", headers=PIECE)
    assert made.headers["upload-offset"] == "5"
    assert patch(server, made.headers["location"], 5, b"56789").status_code == 204
    empty = create(server, 0)
    assert asset_of(server, empty)["state"] == "ready"


def test_a_path_or_an_asset_gets_a_version(server: Running) -> None:
    place = f"path {word('data://tus/file')}"
    one = create(server, 3, place, content=b"one", headers=PIECE)
    two = create(server, 3, place)
    assert asset_of(server, two)["version"] == 1, "old bytes stay until the new ones are there"
    patch(server, two.headers["location"], 0, b"two")
    assert asset_of(server, two)["version"] == 2
    assert one.headers["jobmill-asset"] == two.headers["jobmill-asset"]
    named = f"asset {word(one.headers['jobmill-asset'])}"
    three = create(server, 5, named, content=b"three", headers=PIECE)
    assert asset_of(server, three)["version"] == 3
    assert server.client.get("/api/v1/data/tus/file").content == b"three"


def test_an_upload_cut_in_the_middle_goes_on(server: Running) -> None:
    where = create(server, 600_000).headers["location"]
    head = (
        f"PATCH {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        "Upload-Offset: 0\r\nContent-Length: 600000\r\n\r\n"
    )
    data = (DATA * 3)[:600_000]
    with socket.create_connection(("127.0.0.1", server.settings.port)) as line:
        line.sendall(head.encode() + data[:400_000])
        _until(lambda: offset_of(server, where) > 0)
    _until(lambda: _free(server, where))
    at = offset_of(server, where)
    assert 0 < at <= 400_000
    done = patch(server, where, at, data[at:])
    assert done.status_code == 204, done.text
    assert asset_of(server, done)["sha256"] == hashlib.sha256(data).hexdigest()


def test_of_two_writers_one_is_refused(server: Running) -> None:
    where = create(server, 600_000).headers["location"]
    head = (
        f"PATCH {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        "Upload-Offset: 0\r\nContent-Length: 600000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.settings.port)) as line:
        line.sendall(head.encode() + b"x" * 400_000)
        _until(lambda: offset_of(server, where) > 0)
        refused = patch(server, where, 0, b"y" * 100)
        assert (refused.status_code, refused.json()["code"]) == (409, "upload_locked")
        assert ask(server, "DELETE", where).status_code == 409
        line.sendall(b"x" * 200_000)
        assert line.recv(100).startswith(b"HTTP/1.1 204")


def test_more_than_was_declared_is_refused(server: Running) -> None:
    where = create(server, 5).headers["location"]
    told = patch(server, where, 0, b"123456")
    assert (told.status_code, told.json()["code"]) == (413, "too_large")
    untold = patch(server, where, 0, iter([b"123", b"456"]))
    assert untold.status_code == 413
    at = offset_of(server, where)
    assert at <= 5
    assert patch(server, where, at, b"12345"[at:]).status_code == 204
    large = ask(server, "POST", headers={"Upload-Length": str(server.settings.max_upload + 1)})
    assert large.status_code == 413


def test_a_whole_upload_takes_nothing_more(server: Running) -> None:
    where = create(server, 4).headers["location"]
    assert patch(server, where, 0, b"1234").status_code == 204
    assert patch(server, where, 4, b"").status_code == 204
    for more in (b"5", iter([b"5"])):
        refused = patch(server, where, 4, more)
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_what_tus_forbids_is_refused(server: Running) -> None:
    where = create(server, 5).headers["location"]
    wrong = patch(server, where, 3, b"12")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "upload_offset_mismatch")
    kind = patch(server, where, 0, b"1", **{"Content-Type": "text/plain"})
    assert kind.status_code == 415
    assert patch(server, where, 0, b"1", **{"Upload-Offset": "-1"}).status_code == 422
    old = ask(server, "HEAD", where, headers={"Tus-Resumable": "0.2.2"})
    assert (old.status_code, old.headers["tus-version"]) == (412, "1.0.0")
    later = ask(server, "POST", headers={"Tus-Resumable": "2.0.0"})
    assert (later.status_code, later.json()["code"]) == (412, "unsupported_tus_version")
    assert ask(server, "POST").status_code == 422
    assert ask(server, "POST", headers={"Upload-Length": "9" * 30}).status_code == 422
    bad = {"Upload-Length": "1", "Upload-Metadata": "filename !!!"}
    assert ask(server, "POST", headers=bad).json()["field"] == "Upload-Metadata"
    raw = {b"Upload-Length": b"1", b"Upload-Metadata": b"filename \xe9"}
    foreign = ask(server, "POST", headers=raw)
    assert foreign.status_code == 422, foreign.text
    assert foreign.json()["field"] == "Upload-Metadata"


def test_a_piece_with_a_wrong_checksum_is_forgotten(server: Running) -> None:
    where = create(server, 5).headers["location"]
    sum_ = base64.b64encode(hashlib.sha1(b"12345").digest()).decode()
    wrong = patch(server, where, 0, b"12346", **{"Upload-Checksum": f"sha1 {sum_}"})
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    assert offset_of(server, where) == 0
    unknown = patch(server, where, 0, b"12345", **{"Upload-Checksum": f"crc32 {sum_}"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unsupported_checksum")
    assert patch(server, where, 0, b"12345", **{"Upload-Checksum": f"sha1 {sum_}"}).is_success


def test_a_whole_upload_is_taken_once_however_many_ask(server: Running) -> None:
    made = create(server, 5)
    house, name = server.house, made.headers["location"].rpartition("/")[2]

    async def bytes_of(text: bytes) -> AsyncIterator[bytes]:
        yield text

    async def end_thrice() -> list[Upload]:
        # As a server leaves it that dies behind the last byte: all bytes, and no asset of them.
        async with house.uploads.held(name) as file:
            await file.append(bytes_of(b"12345"), 5)
        now = house.clock.now()
        who = await house.database.read(lambda work: bearer_principal(work, server.key, now))
        upload = await house.database.read(lambda work: get_upload(work.uploads, who, name, now))
        return await asyncio.gather(*(finish(house, who, upload) for _ in range(3)))

    ended = server.call(end_thrice())
    assert len({each.done_at for each in ended} - {None}) == 1
    asset = asset_of(server, made)
    assert (asset["state"], asset["version"], asset["size"]) == ("ready", 1, 5)
    assert offset_of(server, made.headers["location"]) == 5


def test_where_an_upload_stands_is_not_told_while_its_end_is_under_way(server: Running) -> None:
    uploads, name = server.house.uploads, create(server, 5).headers["location"].rpartition("/")[2]

    async def ask_meanwhile() -> int:
        async with uploads.ending(name):
            asked = asyncio.create_task(uploads.offset(name))
            done, _ = await asyncio.wait([asked], timeout=0.2)
            assert not done
        return await asked

    assert server.call(ask_meanwhile()) == 0


def test_an_upload_that_is_ended_leaves_nothing(server: Running) -> None:
    made = create(server, 5)
    where = made.headers["location"]
    patch(server, where, 0, b"12")
    assert ask(server, "DELETE", where).status_code == 204
    assert ask(server, "HEAD", where).status_code == 404
    assert patch(server, where, 2, b"345").status_code == 404
    asset = server.client.get(f"/api/v1/assets/{made.headers['jobmill-asset']}")
    assert asset.status_code == 404
    assert not (server.settings.data / "uploads" / where.rpartition("/")[2]).exists()


def test_an_upload_that_rests_too_long_ends(server: Running) -> None:
    made = create(server, 5)
    where, house = made.headers["location"], server.house
    patch(server, where, 0, b"12")
    clock = FakeClock(house.clock.now() + timedelta(hours=23))
    ends = UploadEnds(house.database, house.uploads, clock)
    server.call(ends.tick())
    assert offset_of(server, where) == 2
    clock.advance(hours=1, seconds=1)
    server.call(ends.tick())
    assert ask(server, "HEAD", where).status_code == 404
    asset = server.client.get(f"/api/v1/assets/{made.headers['jobmill-asset']}")
    assert asset.status_code == 404
    assert list((server.settings.data / "uploads").glob(where.rpartition("/")[2])) == []


def test_strangers_see_no_upload(server: Running) -> None:
    where = create(server, 5).headers["location"]
    nobody = {"Authorization": "Bearer jm_x_y"}
    assert ask(server, "HEAD", where, headers=nobody).status_code == 401
    reader = {"Authorization": f"Bearer {server.key_with(Right.ASSETS_READ)}"}
    assert ask(server, "HEAD", where, headers=reader).status_code == 403
    assert ask(server, "HEAD", "/api/v1/uploads/../../admin-key").status_code == 404
    assert ask(server, "HEAD", "/api/v1/uploads/nothing").status_code == 404


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_uploads_and_goes_on(server: Running, checksum: bool) -> None:
    key = {"Authorization": f"Bearer {server.key}"}
    client = TusClient(f"{server.url}/api/v1/uploads", headers=key)
    metadata = {"filename": "film.mp4", "path": f"data://tuspy/{checksum}.mp4"}
    half = client.uploader(
        file_stream=io.BytesIO(DATA),
        chunk_size=60_000,
        metadata=metadata,
        upload_checksum=checksum,
    )
    half.upload_chunk()
    half.upload_chunk()
    assert half.offset == 120_000
    rest = client.uploader(
        file_stream=io.BytesIO(DATA), url=half.url, chunk_size=60_000, upload_checksum=checksum
    )
    assert rest.offset == 120_000
    rest.upload()
    assert server.client.get(f"/api/v1/data/tuspy/{checksum}.mp4").content == DATA


def _free(server: Running, where: str) -> bool:
    """Whether nobody writes to an upload: a piece at a wrong place is refused for its place."""
    return bool(patch(server, where, 10**9, b"").json()["code"] == "upload_offset_mismatch")


def _until(holds: Any, seconds: float = 10.0) -> None:
    """The server rings no bell for this: look until it holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.01)
