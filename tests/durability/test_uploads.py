"""A real server killed in the middle of an upload: the upload goes on with the next one."""

import hashlib
import signal
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from tests.serving import ServerProcess

DATA = bytes(range(241)) * 20_000
TUS = {"Tus-Resumable": "1.0.0"}


def begin(server: ServerProcess) -> tuple[str, str]:
    """An upload's path and its asset's id."""
    headers = {**TUS, "Upload-Length": str(len(DATA)), **key(server)}
    made = httpx2.post(f"{server.url}/api/v1/uploads", headers=headers)
    assert made.status_code == 201, made.text
    return made.headers["location"], made.headers["jobmill-asset"]


def key(server: ServerProcess) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.key}"}


def offset(server: ServerProcess, where: str) -> int:
    answer = httpx2.head(f"{server.url}{where}", headers={**TUS, **key(server)})
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def send_half(server: ServerProcess, where: str, size: int) -> socket.socket:
    """Begin a piece of all bytes, and send so many."""
    place = urlsplit(server.url)
    line = socket.create_connection((place.hostname or "", place.port or 0))
    head = (
        f"PATCH {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: 0\r\nContent-Length: {len(DATA)}\r\n\r\n"
    )
    line.sendall(head.encode() + DATA[:size])
    return line


def test_an_upload_outlives_a_killed_server(data: Path) -> None:
    with ServerProcess(data) as first:
        where, asset = begin(first)
        with send_half(first, where, 3_000_000):
            tick = threading.Event()
            for _ in range(1000):
                if offset(first, where) >= 2_000_000:
                    break
                tick.wait(0.01)
            first.stop(signal.SIGKILL)
    with ServerProcess(data) as second:
        at = offset(second, where)
        assert 2_000_000 <= at <= 3_000_000
        known = httpx2.get(f"{second.url}/api/v1/assets/{asset}", headers=key(second)).json()
        assert known["state"] == "awaiting"
        told = {
            **TUS,
            **key(second),
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
        }
        done = httpx2.patch(f"{second.url}{where}", content=DATA[at:], headers=told, timeout=30)
        assert done.status_code == 204, done.text
        known = httpx2.get(f"{second.url}/api/v1/assets/{asset}", headers=key(second)).json()
        assert (known["state"], known["sha256"]) == ("ready", hashlib.sha256(DATA).hexdigest())


def test_a_server_killed_after_the_last_byte_finishes_when_it_is_asked(data: Path) -> None:
    with ServerProcess(data) as first:
        where, asset = begin(first)
        first.stop(signal.SIGKILL)
    (data / "uploads" / where.rpartition("/")[2]).write_bytes(DATA)
    with ServerProcess(data) as second:
        assert offset(second, where) == len(DATA)
        known = httpx2.get(f"{second.url}/api/v1/assets/{asset}", headers=key(second)).json()
        assert (known["state"], known["sha256"]) == ("ready", hashlib.sha256(DATA).hexdigest())
