"""A receiver of webhooks on loopback: keeps what it gets, and answers as it is told to."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from standardwebhooks import Webhook

Answer = Callable[["Got"], tuple[int, Mapping[str, str], bytes]]


@dataclass(frozen=True)
class Got:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        kind: str = self.json["type"]
        return kind

    def verified(self, secret: str) -> Any:
        """What the published library makes of it. Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, dict(self.headers))


def accept(got: Got) -> tuple[int, Mapping[str, str], bytes]:
    return 204, {}, b""


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda got: (status, named, body)


@dataclass
class Receiver:
    """`url` is where it listens. `says` may be changed at any time."""

    url: str
    says: Answer = accept
    got: list[Got] = field(default_factory=list)
    _came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, got: Got) -> tuple[int, Mapping[str, str], bytes]:
        with self._came:
            self.got.append(got)
            said = self.says(got)
            self._came.notify_all()
        return said

    def wait(self, count: int, seconds: float = 20.0) -> list[Got]:
        """The first requests, when so many have come."""
        with self._came:
            came = self._came.wait_for(lambda: len(self.got) >= count, seconds)
            assert came, f"{len(self.got)} of {count} came: {[each.body for each in self.got]}"
            return self.got[:count]

    def of(self, *types: str) -> list[Got]:
        with self._came:
            return [each for each in self.got if each.type in types]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


@contextlib.contextmanager
def receiving(says: Answer = accept, port: int = 0) -> Iterator[Receiver]:
    """Listen on a port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, named, text = receiver.take(Got(self.path, headers, body))
            self.send_response(status)
            for name, value in named.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with _Server(("127.0.0.1", port), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}", says)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
