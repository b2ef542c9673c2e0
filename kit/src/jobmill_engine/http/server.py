"""The service around an engine: `ready` tells whether it is set up, `process` runs it."""

from __future__ import annotations

import json
import queue
import select
import shutil
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jobmill_engine.engine import (
    Engine,
    EngineFailed,
    InputRejected,
    LimitReached,
    PlatformFailed,
    TaskCancelled,
)
from jobmill_engine.http.answers import as_one, contract_documents, encoded
from jobmill_engine.http.forms import FormInvalid, read_form
from jobmill_engine.http.webhooks import NobodyWaits
from jobmill_engine.http.work import Given, HttpTask, input_of

ESTIMATE = "estimatedProcessingTimeInSeconds"
CLASSES: Mapping[type[Exception], tuple[str, int, str]] = {
    InputRejected: ("input", 422, "invalid_data"),
    LimitReached: ("limit", 413, "other"),
    PlatformFailed: ("platform", 503, "system_dependency_missing"),
    EngineFailed: ("engine", 500, "internal_error"),
}


def serve_http(
    engine: Callable[[], Engine],
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    workers: int = 1,
    stream: bool = False,
    estimate: float | None = None,
) -> None:
    """Serve an engine class until the process is interrupted; see `EngineServer`."""
    with EngineServer(engine, host, port, workers, stream=stream, estimate=estimate) as server:
        print(f"Engine at {server.url}", file=sys.stderr, flush=True)
        server.serve_forever()


class EngineServer(ThreadingHTTPServer):
    """An HTTP server for an engine class; port 0 takes a free one, `url` tells which.

    It has `workers` instances of the engine, each with one task at a time; further requests wait.
    `stream`: a request without a file is given to the engine as a pipe that carries the bytes at
    `cacheURI`; else they are fetched first. With an `estimate` (seconds) a request is answered at
    once, and results go to its webhooks.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        engine: Callable[[], Engine],
        host: str = "127.0.0.1",
        port: int = 0,
        workers: int = 1,
        *,
        stream: bool = False,
        estimate: float | None = None,
    ) -> None:
        self.name = getattr(engine, "__name__", "engine")
        self.stream = stream
        self.estimate = estimate
        self.engines: queue.SimpleQueue[Engine] = queue.SimpleQueue()
        self.state = 503
        super().__init__((host, port), _Handler)
        self._make = engine
        self._workers = workers
        threading.Thread(target=self._set_up, name="jobmill-setup", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def _set_up(self) -> None:
        try:
            for _ in range(self._workers):
                engine = self._make()
                engine.setup()
                self.engines.put(engine)
        except BaseException:
            traceback.print_exc()
            self.state = 500
        else:
            self.state = 200


class _Handler(BaseHTTPRequestHandler):
    server: EngineServer
    protocol_version = "HTTP/1.1"
    timeout = 3600

    def do_GET(self) -> None:
        """Ready, still starting, or never."""
        if self.path.partition("?")[0] not in ("/ready", "/readyz"):
            self._answer(404, b"There is /ready and /process.")
        elif self.server.state == 200:
            self._answer(200, b"OK")
        else:
            self._answer(
                self.server.state, b"still starting" if self._starting else b"set-up failed"
            )

    @property
    def _starting(self) -> bool:
        return self.server.state == 503

    def do_POST(self) -> None:
        """Work."""
        self.close_connection = True  # what is left of a refused body is nobody's
        if self.path.partition("?")[0] != "/process":
            self._answer(404, b"There is /ready and /process.")
            return
        if self.server.state != 200:
            self._answer(self.server.state, b"not ready")
            return
        workdir = Path(tempfile.mkdtemp(prefix="jobmill-http-"))
        kept = False
        try:
            given = self._given(workdir)
            if self.server.estimate is not None:
                work = threading.Thread(target=self._aside, args=(given,), daemon=True)
                body = encoded({ESTIMATE: self.server.estimate})
                self._answer(200, body, "application/json")
                work.start()
                kept = True
            else:
                self._process(given)
        except (FormInvalid, ValueError) as error:
            self._answer(400, str(error).encode())
        except OSError as error:
            self._answer(502, f"The input cannot be had: {error}".encode())
        finally:
            if not kept:
                shutil.rmtree(workdir, ignore_errors=True)

    def _given(self, workdir: Path) -> Given:
        left = int(self.headers.get("Content-Length") or 0)

        def read(most: int) -> bytes:
            nonlocal left
            piece = self.rfile.read1(min(most, left)) if left else b""
            left -= len(piece)
            return piece

        content_type = self.headers.get("Content-Type", "")
        received = read_form(read, content_type, workdir / "chunk")
        payload = json.loads(received.fields.get("payload") or "{}")
        if not isinstance(payload, dict):
            raise FormInvalid("payload must be a JSON object")
        stream = self.server.stream and received.file is None
        file = input_of(received, workdir, stream=stream)
        mode = "stream" if stream else "whole"
        return Given(received.fields, payload, (file,), mode, workdir)

    def _process(self, given: Given) -> None:
        """Run, and answer with what came of it."""
        task = HttpTask(given, self._hung_up)
        try:
            document = self._run(task)
            files = task.files
            media_type, documents = contract_documents(document or {}, self.server.name)
            if files and (document or len(files) > 1):
                for output in files:
                    if not task.file(output):
                        raise EngineFailed("no_webhook", "Files need a resultWebhook to go to.")
                files = []
            if files:
                path = given.workdir / files[0].path
                self._answer(200, path.read_bytes(), files[0].media_type)
            elif not document:
                self._answer(204, b"")
            else:
                self._answer(200, encoded(as_one(documents)), media_type)
        except BaseException as error:
            self._fail(error)

    def _aside(self, given: Given) -> None:
        """The same, after the answer."""
        task = HttpTask(given, lambda _: False)
        try:
            document = self._run(task)
            for output in task.files:
                task.file(output)
            if document:
                _, documents = contract_documents(document, self.server.name)
                task.result(as_one(documents))
            task.last_beat("complete")
        except (TaskCancelled, NobodyWaits):
            pass
        except BaseException as error:
            _, _, reason, message = _failure(error)
            task.last_beat("failed", reason, message)
        finally:
            shutil.rmtree(given.workdir, ignore_errors=True)

    def _run(self, task: HttpTask) -> Mapping[str, Any] | None:
        engine = self.server.engines.get()
        try:
            return task.run(engine)
        finally:
            self.server.engines.put(engine)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, TaskCancelled | NobodyWaits):
            return
        kind, status, _, message = _failure(error)
        self._answer(status, message.encode("utf-8", "replace"), failure=kind)

    def _hung_up(self, seconds: float) -> bool:
        """Whether the other side has closed the connection."""
        try:
            readable, _, _ = select.select([self.connection], [], [], seconds)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _answer(
        self,
        status: int,
        body: bytes,
        media_type: str = "text/plain; charset=utf-8",
        failure: str = "",
    ) -> None:
        try:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
            if failure:
                self.send_header("X-Jobmill-Failure", failure)
            self.end_headers()
            if status != 204:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: what matters is in the attempt's log."""


def _failure(error: BaseException) -> tuple[str, int, str, str]:
    for kind, (name, status, reason) in CLASSES.items():
        if isinstance(error, kind):
            return name, status, reason, str(error)
    traceback.print_exception(error)
    return "engine", 500, "internal_error", f"{type(error).__name__}: {error}"
