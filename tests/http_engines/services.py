"""Services on loopback for tests: engines of the kit, and ones that do as they like."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import httpx2

from jobmill_engine import Engine
from jobmill_engine.http import EngineServer
from jobmill_engine.http.forms import read_form


class Served(Protocol):
    """A server that a test talks to, in this process or in another."""

    @property
    def client(self) -> httpx2.Client: ...

    def submit(self, **body: Any) -> dict[str, Any]: ...

    def finish(self, job: dict[str, Any]) -> dict[str, Any]: ...


Answer = tuple[int, bytes, str]
JSON = "application/json"


@contextmanager
def serving(engine: Callable[[], Engine], **options: Any) -> Iterator[str]:
    """An engine class as a service."""
    with EngineServer(engine, **options) as server:
        yield from _served(server, server.url)


@dataclass
class Request:
    """What a service was sent."""

    fields: dict[str, str]
    chunk: bytes | None
    file_name: str
    handler: BaseHTTPRequestHandler = field(repr=False)

    def post(self, webhook: str, **body: Any) -> int:
        """Tell something; the status of the answer."""
        return httpx2.post(self.fields[webhook], json=body, timeout=30).status_code

    def fetched(self) -> bytes:
        """The bytes behind `cacheURI`."""
        return httpx2.get(self.fields["cacheURI"], timeout=60).raise_for_status().content


@dataclass
class Service:
    """One that answers as `process` says; `ready` are its answers, the last for ever."""

    process: Callable[[Request], Answer]
    ready: list[int] = field(default_factory=lambda: [200])
    requests: list[Request] = field(default_factory=list)
    asked: int = 0

    def take(self, handler: BaseHTTPRequestHandler) -> Answer:
        length = int(handler.headers["Content-Length"])
        left = [length]

        def read(most: int) -> bytes:
            piece: bytes = handler.rfile.read1(min(most, left[0])) if left[0] else b""  # type: ignore[attr-defined]
            left[0] -= len(piece)
            return piece

        with TemporaryDirectory() as folder:
            form = read_form(read, handler.headers["Content-Type"], Path(folder, "chunk"))
            chunk = form.file.read_bytes() if form.file else None
        request = Request(form.fields, chunk, form.file_name, handler)
        self.requests.append(request)
        return self.process(request)


@contextmanager
def answering(service: Service, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve it on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            service.asked += 1
            status = service.ready.pop(0) if len(service.ready) > 1 else service.ready[0]
            self.say(status, b"", "text/plain")

        def do_POST(self) -> None:
            try:
                self.say(*service.take(self))
            except (ConnectionError, ValueError):
                self.close_connection = True

        def say(self, status: int, body: bytes, media_type: str) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body if status != 204 else b"")

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    with server:
        yield from _served(server, f"{scheme}://127.0.0.1:{server.server_address[1]}")


def _served(server: ThreadingHTTPServer, url: str) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()


def register(server: Served, url: str, name: str, **more: Any) -> None:
    answer = server.client.post(
        "/api/v1/engines", json={"url": url, "id": name, "replace": True, **more}
    )
    assert answer.status_code == 201, answer.text


def run(server: Served, engine: str, text: str = "a small harbour", **task: Any) -> dict[str, Any]:
    """A job of one task over a text, to its end."""
    return server.finish(begin(server, engine, text, **task))


def begin(
    server: Served, engine: str, text: str = "a small harbour", **task: Any
) -> dict[str, Any]:
    return server.submit(
        tasks=[{"name": "a", "engine": engine, **task}], input={"asset": asset(server, text)}
    )


def after_cutter(
    server: Served, engine: str, text: str, mode: str, wait: float = 0, **task: Any
) -> dict[str, Any]:
    """A job whose task `b` reads what `a` writes word by word."""
    return server.submit(
        tasks=[
            {"name": "a", "engine": "cutter", "params": {"wait": wait}},
            {"name": "b", "engine": engine, **task},
        ],
        routes=[{"from": "a", "to": "b", "mode": mode}],
        input={"asset": asset(server, text)},
    )


def asset(server: Served, text: str) -> str:
    headers = {"X-Name": "text.txt", "Content-Type": "text/plain"}
    made = server.client.post("/api/v1/assets", content=text.encode(), headers=headers).json()
    return str(made["id"])


def until_told(server: Served, job: dict[str, Any], word: str) -> None:
    """Follow a job's events until one of them has this word in it."""
    path, live = f"/api/v1/jobs/{job['id']}/events", {"Accept": "text/event-stream"}
    with server.client.stream("GET", path, headers=live) as answer:
        assert any(word in line for line in answer.iter_lines()), f"{word} was never told"


def document(server: Served, job: dict[str, Any], task: str = "a") -> dict[str, Any]:
    """The result of a task."""
    results = server.client.get(f"/api/v1/jobs/{job['id']}/results").json()["items"]
    (found,) = [each for each in results if each["task"] == task]
    kept: dict[str, Any] = found["document"]
    return kept


def aion(*words: str) -> bytes:
    """A transcript."""
    series = [
        {
            "startTimeMs": 1000 * n,
            "stopTimeMs": 1000 * n + 500,
            "words": [{"word": word, "confidence": 0.9, "utteranceLength": 1, "bestPath": True}],
        }
        for n, word in enumerate(words)
    ]
    return json.dumps({"validationContracts": ["transcript"], "series": series}).encode()


def words_of(found: dict[str, Any]) -> list[str]:
    return [word["text"] for word in found.get("words", [])]
