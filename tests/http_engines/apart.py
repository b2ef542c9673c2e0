"""A server without a worker, and workers in processes of their own, that may be killed."""

import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.serving import ServerProcess, WorkerProcess

ENGINES = Path(__file__).parent / "engines"


@dataclass
class Apart:
    """`client` has the admin's key. Nobody tells the workers where the server is."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    workers: list[WorkerProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment |= {"JOBMILL_ENGINE_ALLOW": "127.0.0.0/8", "JOBMILL_SLOTS": "3"}
        self.environment |= {"JOBMILL_ENGINES": str(ENGINES)}
        self._start_server()

    def _start_server(self) -> None:
        self.server = ServerProcess(self.data, "--no-worker", **self.environment)
        headers = {"Authorization": f"Bearer {self.server.key}"}
        self.client = httpx2.Client(base_url=self.server.url, headers=headers, timeout=90)

    def kill_server(self) -> None:
        """The server is gone at once, and another is there at once, at another port."""
        self.client.close()
        self.server.stop(signal.SIGKILL)
        self._start_server()

    def start_worker(self) -> WorkerProcess:
        """One more worker."""
        self.workers.append(WorkerProcess(self.data, **self.environment))
        return self.workers[-1]

    def kill_worker(self) -> None:
        """The last worker that was started is gone at once."""
        self.workers.pop().stop(signal.SIGKILL)

    def submit(self, **body: Any) -> dict[str, Any]:
        """Create a job."""
        answer = self.client.post("/api/v1/jobs", json=body)
        assert answer.status_code == 201, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def finish(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for a job's end."""
        for _ in range(3):
            answer = self.client.get(f"/api/v1/jobs/{job['id']}", headers={"Prefer": "wait=60"})
            ended: dict[str, Any] = answer.json()
            if ended["ended_at"] is not None:
                return ended
        raise AssertionError(ended)

    def attempts(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """The attempts at a job's tasks."""
        path = f"/api/v1/jobs/{job['id']}/attempts"
        found: list[dict[str, Any]] = self.client.get(path).json()["items"]
        return found

    def close(self) -> None:
        """Stop everything."""
        self.client.close()
        for process in (*self.workers, self.server):
            with suppress(ProcessLookupError):
                process.stop(signal.SIGKILL)
