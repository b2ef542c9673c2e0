"""A real server on a data folder of its own, for tests that speak to it from outside."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2

START_SECONDS = 60.0
PAGE_ORIGIN = "http://page.example:5000"


class Server:
    """`jobmill serve` in a process; `with` stops it."""

    def __init__(
        self, data: Path, media: Path | None = None, flags: tuple[str, ...] = (), **env: str
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data = data
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data.parent / f"{data.name}.log").open("ab")
        settings = {"JOBMILL_MEDIA_ROOTS": str(media or data / "media"), **env}
        place = ["--port", str(self.port), "--data", str(data), *flags]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobmill.cli", "serve", *place],
            env={**os.environ, **settings},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.http = httpx2.Client(base_url=self.url, timeout=60)

    def __enter__(self) -> "Server":
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def key(self) -> str:
        """The admin key."""
        return (self.data / "admin-key").read_text().strip()

    def call(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """A call below /api/ai."""
        return self.http.request(method, f"/api/ai{path}", **given)

    def start(self, body: Any) -> str:
        """Start a job; its name."""
        answer = self.call("POST", "/jobs", json=body)
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["name"]
        return str(answer.json()["name"])

    def ended(self, name: str, seconds: float = 60) -> dict[str, Any]:
        """The job's document when it has ended."""
        for document in self.watch(name, seconds):
            if document.get("done"):
                return document
        raise AssertionError(f"job {name} did not end within {seconds} s")

    def watch(self, name: str, seconds: float = 60) -> Any:
        """The job's documents as time goes by."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.call("GET", f"/jobs/{name}")
            assert answer.status_code == 200, answer.text
            yield answer.json()
            if answer.json().get("done"):
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as an operator would; kill it when it does not go."""
        self.http.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.http.get("/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
        log = Path(self._log.name).read_text(errors="replace")[-2000:]
        raise AssertionError(f"the server did not get ready:\n{log}")
