"""A server whose bytes lie in S3: uploads, links, jobs on them, the end of the last asset."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.adapters.blobs.s3_server import BUCKET, S3Server, s3_server
from tests.running import ENGINES
from tests.serving import ServerProcess

DATA = bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as up:
        yield up


@pytest.fixture
def server(s3: S3Server, tmp_path: Path) -> Iterator[ServerProcess]:
    flags = ("--blobs", f"s3://{BUCKET}/{tmp_path.name}", "--blob-cache", "1000000")
    engines = ("--engines", str(ENGINES))
    with ServerProcess(tmp_path / "data", *flags, *engines, **s3.environment) as up:
        assert isinstance(up, ServerProcess)
        yield up


def test_bytes_go_to_the_bucket_and_come_back(
    server: ServerProcess, s3: S3Server, tmp_path: Path
) -> None:
    key = {"Authorization": f"Bearer {server.key}"}
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=key, timeout=60) as client:
        raw = client.put("/data/raw.bin", content=DATA).json()
        assert raw["sha256"] in s3.listing()
        assert list((server.data / "blobs").rglob("*/" + raw["sha256"])) == []
        part = client.get("/data/raw.bin", headers={"Range": "bytes=1000-1999"})
        assert (part.status_code, part.content) == (206, DATA[1000:2000])
        made = client.post("/assets/awaiting", json={"name": "a", "size": 4}).json()
        assert httpx2.put(made["upload"]["url"], content=b"12345").status_code == 413
        assert httpx2.put(made["upload"]["url"], content=b"1234").status_code == 200
        link = client.post(f"/assets/{made['asset']['id']}/links", json={}).json()
        assert httpx2.get(link["url"], headers={"Range": "bytes=1-2"}).content == b"23"
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "3"}
        told = {**tus, "Content-Type": "application/offset+octet-stream"}
        sent = client.post("/uploads", headers=told, content=b"tus")
        asset = client.get(f"/assets/{sent.headers['jobmill-asset']}").json()
        assert client.get(f"/assets/{asset['id']}/content").content == b"tus"
        assert _run(client, {"path": "data://raw.bin"})["state"] == "completed"
        for each in (raw, asset):
            assert client.delete(f"/assets/{each['id']}").status_code in (204, 409)
        assert asset["sha256"] not in s3.listing()


def test_another_start_reads_what_was_kept(
    s3: S3Server, server: ServerProcess, tmp_path: Path
) -> None:
    key = {"Authorization": f"Bearer {server.key}"}
    httpx2.put(f"{server.url}/api/v1/data/kept", content=DATA, headers=key)
    server.stop(signal.SIGKILL)
    for file in (server.data / "blob-cache").rglob("*"):
        if file.is_file():
            file.unlink()
    flags = ("--blobs", f"s3://{BUCKET}/{tmp_path.name}")
    with (
        ServerProcess(server.data, *flags, **s3.environment) as again,
        httpx2.Client(base_url=f"{again.url}/api/v1", headers=key, timeout=60) as client,
    ):
        assert client.get("/data/kept").content == DATA
        assert _run(client, {"path": "data://kept"})["state"] == "completed"


def _run(client: httpx2.Client, given: dict[str, Any]) -> dict[str, Any]:
    body = {"tasks": [{"name": "a", "engine": "noop"}], "input": given}
    ended: dict[str, Any] = client.post("/jobs", json=body, headers={"Prefer": "wait=50"}).json()
    return ended
