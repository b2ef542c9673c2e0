"""A real server of its own for a bench: a process, a fresh data folder, a free port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

READY_WITHIN = 60.0


@dataclass(slots=True)
class Server:
    """A running server: call it with `http`, whose base is the native API."""

    process: subprocess.Popen[bytes]
    data: Path
    url: str
    key: str
    http: httpx2.Client
    ready_after: float

    def job(self, **body: Any) -> dict[str, Any]:
        """Create a job."""
        answer = self.http.post("/jobs", json=body)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    def wait(self, job: dict[str, Any], pause: float = 0.02) -> dict[str, Any]:
        """Poll until the job has ended; raise unless it completed."""
        while True:
            seen: dict[str, Any] = self.http.get(f"/jobs/{job['id']}").json()
            if seen["state"] == "completed":
                return seen
            if seen["ended_at"]:
                raise RuntimeError(f"the job {seen['state']}: {seen['reason']}")
            time.sleep(pause)


@contextmanager
def running_server(
    data: Path | None = None,
    *,
    workers_apart: int = 0,
    no_worker: bool = False,
    **environment: str,
) -> Iterator[Server]:
    """Start a server (and workers in processes of their own) and stop them in good order.

    Without `data` it has a data folder of its own that goes with it.
    """
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = _free_port()
        words = [
            "serve",
            "--port",
            str(port),
            *(["--no-worker"] if workers_apart or no_worker else []),
        ]
        began = time.perf_counter()
        process = stack.enter_context(_command(words, folder, environment))
        url = f"http://127.0.0.1:{port}"
        _wait_ready(url, process)
        ready_after = time.perf_counter() - began
        for _ in range(workers_apart):
            stack.enter_context(_command(["worker"], folder, environment))
        key = (folder / "admin-key").read_text(encoding="utf-8").strip()
        headers = {"Authorization": f"Bearer {key}"}
        with httpx2.Client(base_url=url + "/api/v1", headers=headers, timeout=60) as http:
            yield Server(process, folder, url, key, http, ready_after)


@contextmanager
def _command(
    words: list[str], data: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "jobmill.cli", *words, "--data", str(data)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(url + "/readyz", timeout=2).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.02)
    raise RuntimeError("the server did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
