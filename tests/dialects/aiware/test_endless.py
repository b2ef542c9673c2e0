"""An address whose bytes never end: work on them overlaps, and a cancel frees all of it at once."""

import json
import os
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import psutil
import pytest

from tests.dialects.aiware.speaking import Speaker
from tests.dialects.aiware.test_bad_input import CREATE, SI, WSA, folder, route
from tests.running import Running

SPEECH = "c0e55cde-340b-44d7-bb42-2e0d65e98255"
FREED_WITHIN = 5.0
HEAD = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
BLOCK = (struct.pack("<h", 8000) * 40 + struct.pack("<h", -8000) * 40) * 50


class _Endless(BaseHTTPRequestHandler):
    left = threading.Event()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        try:
            self.wfile.write(HEAD + b"data\xff\xff\xff\xff")
            while True:
                self.wfile.write(BLOCK)
        except OSError:
            self.left.set()


class _Site(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def endless() -> Iterator[str]:
    _Endless.left.clear()
    with _Site(("127.0.0.1", 0), _Endless) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/radio.wav"
        server.shutdown()
        thread.join()


def given(url: str) -> dict[str, Any]:
    cut = {"ffmpegTemplate": "audio", "chunkSizeInSeconds": 5}
    chunks = [folder("cut", "input", "stream"), folder("chunks", "output", "chunk")]
    return {
        "target": {"status": "downloaded"},
        "tasks": [
            {
                "engineId": WSA,
                "payload": {"url": url},
                "ioFolders": [folder("out", "output", "stream")],
            },
            {"engineId": SI, "payload": cut, "ioFolders": chunks},
            {"engineId": SPEECH, "ioFolders": [folder("heard", "input", "chunk")]},
        ],
        "routes": [route("out", "cut"), route("chunks", "heard")],
    }


def started(server: Running, task: str) -> None:
    """Wait until a task of the newest job has begun."""
    job = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"][0]
    events, headers = f"/api/v1/jobs/{job['id']}/events", {"Accept": "text/event-stream"}
    with server.client.stream("GET", events, headers=headers) as stream:
        for line in stream.iter_lines():
            told = json.loads(line[6:]) if line.startswith("data: {") else {}
            if (told.get("type"), told.get("task")) == ("task.started", task):
                return
    raise AssertionError(f"{task} never began")


def at_work(*names: str) -> list[str]:
    """Processes of these engines below this one."""
    below = psutil.Process(os.getpid()).children(recursive=True)
    lines = []
    for each in below:
        try:
            lines.append(" ".join(each.cmdline()))
        except psutil.Error:
            continue
    return [line for line in lines if any(name in line for name in names)]


def test_a_cancel_frees_everything_that_works_on_an_endless_stream(
    server: Running, api: Speaker, endless: str
) -> None:
    job = api.data(CREATE, {"input": given(endless)})["createJob"]
    started(server, "transcribe")
    assert at_work("jobmill_engines.chunker", "jobmill_engines.webstream")

    began = time.monotonic()
    api.data(f'mutation {{ cancelJob(id: "{job["id"]}") {{ message }} }}')
    assert _Endless.left.wait(60), "nobody hung up"
    assert api.ended(job["id"]) == "cancelled"
    took = time.monotonic() - began

    assert at_work("jobmill_engines.chunker", "jobmill_engines.webstream") == []
    assert took < FREED_WITHIN
