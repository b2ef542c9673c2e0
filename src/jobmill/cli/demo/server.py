"""The demo's own server: a process of its own that outlives the demo, found again and stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from jobmill.cli.output import note

READY_SECONDS = 60.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.05
PORTS = 100


class ServerNotStarted(Exception):
    """The demo's server did not come up; the text has the end of its log."""


@dataclass(frozen=True, slots=True)
class Place:
    """The demo's folder: the server's data, its log, and the media root."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def running(self) -> tuple[str, int] | None:
        """Address and process id of the server that runs here."""
        try:
            said = json.loads((self.data / "server.json").read_text("utf-8"))
            url, pid = str(said["url"]), int(said["pid"])
        except (OSError, ValueError, KeyError):
            return None
        return (url, pid) if _is_server(pid) else None


def start(place: Place, port: int) -> subprocess.Popen[bytes]:
    """Start it, detached, on this port or the next free one. `wait_ready` must follow.

    Raises ServerNotStarted.
    """
    try:
        place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.media.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise ServerNotStarted(f"{wrong.filename}: {wrong.strerror}.") from None
    free = _free_port(port)
    if free != port:
        note(f"Port {port} is taken; using {free}.")
    words = ["serve", "--data", str(place.data), "--media-roots", str(place.media)]
    words += ["--host", "127.0.0.1", "--port", str(free)]
    environment = {name: v for name, v in os.environ.items() if not name.startswith("JOBMILL_")}
    with place.log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "jobmill.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )


def wait_ready(place: Place, process: subprocess.Popen[bytes]) -> None:
    """Return once it takes requests. Raises ServerNotStarted."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        running = place.running()
        if running is not None and running[1] == process.pid:
            return
        time.sleep(LOOK_SECONDS)
    process.kill()
    process.wait()
    tail = place.log.read_text("utf-8", "replace").splitlines()[-15:]
    raise ServerNotStarted("\n".join(["The server did not start:", *tail]))


def stop(place: Place) -> bool:
    """Stop the demo's server and wait for its end; False when none runs."""
    running = place.running()
    if running is None:
        return False
    pid = running[1]
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_server(pid) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    if _is_server(pid):
        os.kill(pid, signal.SIGKILL)
    return True


def _is_server(pid: int) -> bool:
    """Whether this process lives and is a Jobmill server (process ids are used again)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return False if Path("/proc/self").exists() else _lives(pid)
    return b"serve" in words


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port(first: int) -> int:
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerNotStarted(f"No port from {first} to {first + PORTS - 1} is free.")
