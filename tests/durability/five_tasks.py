"""The job of five tasks of the aiWARE documentation on servers and workers that can be killed.

Its media come from a server of this process, which holds the second half back until it is told.
"""

import contextlib
import hashlib
import json
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from tests.dialects.aiware.speaking import Speaker
from tests.dialects.aiware.test_seed import PLACES, example
from tests.durability.fleet import ENDED, Caller
from tests.serving import ServerProcess, WorkerProcess

PULL, PLAY, CUT, HEAR, WRITE = "webstream", "playback", "chunker", "transcribe", "output-writer"
PARENT_FIRST = "parentCompleteBeforeStarting: true"
HEARING = 'engineId: "c0e55cde-340b-44d7-bb42-2e0d65e98255"'


class Source:
    """Serves one file; what lies behind its middle only when `rest` is set."""

    def __init__(self, path: Path) -> None:
        self.rest = threading.Event()
        self._data, self._name = path.read_bytes(), path.name
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(source._data)))
                self.send_header("Content-Type", "audio/wav")
                self.end_headers()
                half = len(source._data) // 2
                with contextlib.suppress(ConnectionError):  # who asked has been killed
                    self.wfile.write(source._data[:half])
                    source.rest.wait(300)
                    self.wfile.write(source._data[half:])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{path.name}"

    def close(self) -> None:
        self.rest.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextlib.contextmanager
def serving(path: Path) -> Iterator[Source]:
    source = Source(path)
    try:
        yield source
    finally:
        source.close()


@dataclass(frozen=True)
class Outcome:
    """What a completed job left: the writer's document, the same by GraphQL, and by role the
    files of the recording, each as (media type, sha256)."""

    document: Mapping[str, Any]
    series: Any
    assets: Mapping[str, list[tuple[str, str]]]


class FiveTasks:
    """A data folder; with `split` a worker of its own beside the server, which then is killed."""

    def __init__(self, data: Path, *, split: bool, **environment: str) -> None:
        self.data, self.caller = data, Caller()
        self._split = split
        self._environment = {
            "JOBMILL_FETCH_ALLOW": "127.0.0.0/8",
            "JOBMILL_SLOTS": "2",
            **environment,
        }
        self.worker: WorkerProcess | None = None
        self._serve()
        self._work()

    def _serve(self) -> None:
        flags = ["--no-worker"] if self._split else []
        self.server = ServerProcess(self.data, *flags, **self._environment)
        self.caller.moved(self.server.url, self.server.key)

    def _work(self) -> None:
        if self._split:
            self.worker = WorkerProcess(self.data, **self._environment)

    def kill_and_start(self) -> None:
        """kill -9 of what does the work, and its next life."""
        if self.worker is not None:
            self.worker.stop(signal.SIGKILL)
            self._work()
        else:
            self.server.stop(signal.SIGKILL)
            self._serve()

    def end(self, number: int = signal.SIGKILL) -> None:
        for process in (self.worker, self.server):
            if process is not None:
                process.stop(number)

    def submit(self, document: str) -> str:
        """The id of the job, natively."""
        with Speaker(self.server.url, self.server.key) as speaker:
            self._shown = speaker.data(document)["createJob"]["id"]
        (job,) = self.caller.get("/jobs?limit=1")["items"]
        return str(job["id"])

    def parts(self, job: str, task: str) -> int:
        page = self.caller.get(f"/jobs/{job}/tasks/{task}/parts?limit=1000")
        return len(page["items"])

    def until(self, job: str, moment: Callable[["FiveTasks", str], bool]) -> None:
        """Return at a moment of the job."""
        until = time.monotonic() + 120
        while not moment(self, job):
            seen = self.caller.get(f"/jobs/{job}")
            assert seen["state"] not in ENDED, f"it ended before it could be disturbed: {seen}"
            assert time.monotonic() < until, f"the moment never came: {seen}"
            self.caller.over.wait(0.02)

    def outcome(self, job: str, seconds: float = 300) -> Outcome:
        """What the job left, when it has completed."""
        ended = self.caller.wait_ended(job, seconds)
        assert ended["state"] == "completed", ended["reason"]
        (found,) = self.caller.get(f"/jobs/{job}/results?task={WRITE}")["items"]
        asked = example("engine_results_broken", results=self._shown).rstrip() + "}"
        with Speaker(self.server.url, self.server.key) as speaker:
            (record,) = speaker.data(asked)["engineResults"]["records"]
        return Outcome(found["document"], record["jsondata"]["series"], self._assets(ended))

    def _assets(self, job: Mapping[str, Any]) -> Mapping[str, list[tuple[str, str]]]:
        query = (
            "query Q($id: ID!) { job(id: $id) { target { assets(limit: 1000) { records"
            " { assetType contentType signedUri } } } } }"
        )
        with Speaker(self.server.url, self.server.key) as speaker:
            target = speaker.data(query, {"id": self._shown})["job"]["target"]
        found: dict[str, list[tuple[str, str]]] = {}
        for each in target["assets"]["records"]:
            data = httpx2.get(each["signedUri"], timeout=20).content
            data = re.sub(rb"\?\S+|/\S+", b"", data) if data[:7] == b"#EXTM3U" else data
            if each["contentType"] == "application/json":
                data = json.dumps(json.loads(data)["series"]).encode()
            digest = hashlib.sha256(data).hexdigest()
            found.setdefault(each["assetType"], []).append((each["contentType"], digest))
        return {role: sorted(each) for role, each in found.items()}


def create_job(url: str, *, chunk_seconds: float, overlapping: bool, payload: str = "") -> str:
    """The document as it is printed; `overlapping` without the two stages that wait."""
    text = example("create_job", url=url)
    text = re.sub(r'clusterId: "[^"]*"', "", text)
    text = text.replace(f'url:"{url}"', f'url:"{url}" chunkSize: 65536')
    text = text.replace('chunkSizeInSeconds: "20"', f'chunkSizeInSeconds: "{chunk_seconds:g}"')
    text = text.replace(
        HEARING, f"{HEARING} payload: {{{payload}}} executionPreferences: {{maxEngines: 2}}"
    )
    return text.replace(PARENT_FIRST, "") if overlapping else text


assert "cluster" in PLACES


Moment = Callable[[FiveTasks, str], bool]
WHILE_BYTES_COME: Mapping[str, Moment] = {
    "the first bytes are kept": lambda five, job: five.parts(job, PULL) > 2,
    "the rendition has begun": lambda five, job: five.parts(job, PLAY) > 1,
    "the first words are there": lambda five, job: five.parts(job, HEAR) > 0,
}
"""Moments that come though half of the source is still held back."""
AFTER: Mapping[str, Moment] = {
    "half is heard": lambda five, job: 2 * five.parts(job, HEAR) > five.parts(job, CUT) > 2,
    "nearly all is heard": lambda five, job: five.parts(job, HEAR) > five.parts(job, CUT) - 3 > 2,
}


def drilled(five: FiveTasks, source: Source, document: str, moment: str | None = None) -> Outcome:
    """One job to its end, with a kill at this moment."""
    source.rest.clear()
    if moment not in WHILE_BYTES_COME:
        source.rest.set()
    job = five.submit(document)
    if moment is not None:
        five.until(job, {**WHILE_BYTES_COME, **AFTER}[moment])
        five.kill_and_start()
        source.rest.set()
    return five.outcome(job)
