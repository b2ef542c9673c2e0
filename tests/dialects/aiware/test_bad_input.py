"""What goes wrong while a job runs: each fault has its own reason, and the job stays readable."""

import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.dialects.aiware.speaking import Speaker

WSA, SI = "9e611ad7-2d3b-48f6-a51b-0a1ba40fe255", "8bdb0e3b-ff28-4f6e-a3ba-887bd06e6440"
WRITER = "8eccf9cc-6b6d-4d7d-8cb3-7ebf4950c5f3"
CREATE = "mutation ($input: CreateJob!) { createJob(input: $input) { id targetId } }"
SEEN = """query ($id: ID!) {
  job(id: $id) { status targetId tasks { records {
    name status failureReason failureMessage taskOutput log { text } } } }
  engineResults(jobId: $id) { records { engineId } }
}"""


class _Site(BaseHTTPRequestHandler):
    """Each path has a fault of its own."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404)
        elif self.path == "/inwards":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/")
            self.end_headers()
        elif self.path == "/lies":
            self._say(b"x" * 1000, length=100_000)
        elif self.path == "/empty":
            self._say(b"")
        elif self.path == "/playlist.mp4":
            self._say(b"ffconcat version 1.0\nfile /etc/passwd\n")

    def _say(self, body: bytes, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def folder(name: str, kind: str, mode: str) -> dict[str, str]:
    return {"referenceId": name, "type": kind, "mode": mode}


def route(parent: str, child: str) -> dict[str, str]:
    return {"parentIoFolderReferenceId": parent, "childIoFolderReferenceId": child}


def chunked(url: str) -> dict[str, Any]:
    """An adapter and a chunker behind it, without a second try."""
    once = {"maxRetries": 0}
    return {
        "target": {"status": "downloaded"},
        "tasks": [
            {
                "engineId": WSA,
                "payload": {"url": url},
                "ioFolders": [folder("out", "output", "stream")],
                "executionPreferences": once,
            },
            {
                "engineId": SI,
                "payload": {"ffmpegTemplate": "audio"},
                "ioFolders": [folder("in", "input", "stream")],
                "executionPreferences": once,
            },
        ],
        "routes": [route("out", "in")],
    }


def failed(api: Speaker, given: dict[str, Any]) -> Any:
    """The job as it is seen when it has failed, and its tasks that did."""
    job = api.data(CREATE, {"input": given})["createJob"]
    assert api.ended(job["id"]) == "failed"
    seen = api.data(SEEN, {"id": job["id"]})
    assert seen["job"]["targetId"] == job["targetId"]
    return [each for each in seen["job"]["tasks"]["records"] if each["status"] == "failed"]


@pytest.mark.parametrize(
    ("path", "task", "reason", "words"),
    [
        ("/gone", "webstream", "url_not_found", "404 Not Found"),
        ("/inwards", "webstream", "url_not_allowed", "10.0.0.1"),
        ("/lies", "webstream", "url_error", "ended its answer early"),
        ("/empty", "webstream", "invalid_data", "no bytes"),
        ("/playlist.mp4", "chunker", "invalid_data", "not a media container"),
    ],
)
def test_an_address_that_is_no_good_says_why(
    api: Speaker, site: str, path: str, task: str, reason: str, words: str
) -> None:
    (told,) = failed(api, chunked(site + path))

    assert (told["name"], told["failureReason"]) == (task, reason)
    assert words in told["failureMessage"]
    assert words in told["log"]["text"]
    assert told["taskOutput"]["failureReason"] == reason


def test_a_port_at_which_nobody_listens_is_told_apart(api: Speaker) -> None:
    (told,) = failed(api, chunked("http://127.0.0.1:1/film.mp4"))

    assert told["failureReason"] == "url_connection_refused"


@pytest.mark.parametrize(
    ("gives", "task", "words"),
    [
        ([1, 2], "liar", "must return a dict"),
        ({"words": [{"start_ms": "x", "text": "a"}]}, "output-writer", "words[0].start_ms"),
        (
            {"words": [{"start_ms": 9, "end_ms": 5, "text": "a"}]},
            "output-writer",
            "before the start",
        ),
    ],
)
def test_an_engine_that_gives_no_document_fails_with_invalid_data(
    api: Speaker, gives: Any, task: str, words: str
) -> None:
    given = {
        "target": {"status": "downloaded"},
        "tasks": [
            {
                "engineId": "liar",
                "payload": {"gives": gives},
                "ioFolders": [folder("out", "output", "chunk")],
                "executionPreferences": {"maxRetries": 0},
            },
            {"engineId": WRITER, "ioFolders": [folder("in", "input", "chunk")]},
        ],
        "routes": [route("out", "in")],
    }

    (told,) = failed(api, given)

    assert (told["name"], told["failureReason"]) == (task, "invalid_data")
    assert words in told["failureMessage"]
