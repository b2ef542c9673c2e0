"""`jobmill serve`, `jobmill worker` and any other command as processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

COMMAND = [sys.executable, "-m", "jobmill.cli"]
START_SECONDS = 60.0


def clean_environment(**more: str) -> dict[str, str]:
    """Ours, without settings of the machine that runs the tests."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("JOBMILL_", "NO_COLOR"))}
    return {**kept, **more}


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        (only,) = self.lines
        return only

    @property
    def lines(self) -> list[Any]:
        """The JSON values on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def jobmill(
    *words: str, cwd: Path | None = None, stdin: str | None = None, **environment: str
) -> Ran:
    """Run a command to its end."""
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        env=clean_environment(**environment),
        input=stdin or "",
        capture_output=True,
        text=True,
        timeout=100,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Running:
    """A process that says on its first line of stdout, in JSON, that it is ready."""

    def __init__(self, words: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*COMMAND, *words, "--log-format", "json"],
                env=clean_environment(**environment),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(10)
            raise AssertionError(f"it did not start:\n{log.read_text()}")
        self.said: dict[str, Any] = json.loads(line)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send a signal; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class ServerProcess(Running):
    """A server on a free port."""

    def __init__(self, data: Path, *flags: str, **environment: str) -> None:
        self.data = data
        words = ["serve", "--data", str(data), "--port", "0", *flags]
        super().__init__(words, data.with_suffix(".log"), environment)
        self.url = str(self.said["url"])
        self.key = (data / "admin-key").read_text().strip()


class WorkerProcess(Running):
    """A worker beside a server."""

    def __init__(self, data: Path, *flags: str, **environment: str) -> None:
        super().__init__(
            ["worker", "--data", str(data), *flags], data.with_suffix(".worker.log"), environment
        )
