"""A server killed in the middle of an export."""

import io
import signal
import threading
import zipfile
from pathlib import Path
from typing import Any

import httpx2

from tests.serving import ServerProcess

WORDS = [
    {"start_ms": 400 * number, "end_ms": 400 * number + 300, "text": f"word{number}"}
    for number in range(1500)
]
BETWEEN_LOOKS = threading.Event()


def client(server: ServerProcess) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx2.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=90)


def sources_done(http: httpx2.Client, job: str) -> float:
    shown: dict[str, Any] = http.get(f"/jobs/{job}").json()
    assert shown["ended_at"] is None, "the export was made before the server could be killed"
    return sum(each["done"] for each in shown["progress"]["features"])


def test_an_export_is_made_whole_after_a_hard_kill(data: Path) -> None:
    tasks = [{"name": "write", "engine": "output-writer", "params": {"asset": False}}]
    with ServerProcess(data) as first, client(first) as http:
        job = http.post("/jobs", json={"tasks": tasks, "input": {"json": {"words": WORDS}}}).json()
        http.get(f"/jobs/{job['id']}", headers={"Prefer": "wait=60"})
        body = {"jobs": [job["id"]] * 100, "formats": ["srt", "docx"]}
        export = http.post("/exports", json=body).json()["id"]
        while sources_done(http, export) < 3:
            BETWEEN_LOOKS.wait(0.02)
        first.stop(signal.SIGKILL)
    with ServerProcess(data, "--no-worker") as second, client(second) as http:
        ended = http.get(f"/jobs/{export}", headers={"Prefer": "wait=60"}).json()
        assert ended["state"] == "completed", ended
        shown = http.get(f"/exports/{export}").json()
        assert (shown["state"], len(shown["files"])) == ("complete", 200)
        content = httpx2.get(shown["url"], timeout=60).content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) == 200
    scratch = [place for place in (data / "work").rglob("*") if place.is_file()]
    assert scratch == []
