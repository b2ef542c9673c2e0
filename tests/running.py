"""A real server on a free port, in a thread of this process, so that tests may look inside it."""

import asyncio
import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import structlog
import uvicorn
from fastapi import FastAPI

from jobmill.bootstrap import JobmillServer, create_app
from jobmill.config import Settings
from jobmill.core.accounts import Right, issue_key
from jobmill.http.house import House

T = TypeVar("T")
# Nobody reads what servers inside of tests say of each request.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

ENGINES = Path(__file__).parent / "api" / "engines"


class _Started(JobmillServer):
    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(app, config)
        self.up = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.up.set()


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`; `client` holds the admin's key."""

    url: str
    key: str
    house: House
    settings: Settings
    client: httpx2.Client
    loop: asyncio.AbstractEventLoop
    app: FastAPI

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something on the server's event loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def key_with(self, *rights: Right) -> str:
        """A new key of the admin with these rights only."""
        now = self.house.clock.now()

        def issue(work: Any) -> str:
            organization = work.accounts.organization_named("default")
            admin = work.accounts.user_named(organization.number, "admin")
            return issue_key(work.accounts, admin, "test", rights, now)

        return self.call(self.house.database.write(issue))

    def submit(self, **body: Any) -> dict[str, Any]:
        """Create a job that does nothing, unless the body says more."""
        body = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}, **body}
        answer = self.client.post("/api/v1/jobs", json=body)
        assert answer.status_code == 201, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def finish(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for a job's end."""
        answer = self.client.get(f"/api/v1/jobs/{job['id']}", headers={"Prefer": "wait=60"})
        ended: dict[str, Any] = answer.json()
        assert ended["ended_at"] is not None, ended
        return ended


@contextlib.contextmanager
def running(data: Path, **settings: Any) -> Iterator[Running]:
    """Serve a data folder until the block ends; `sockets` are bound before the server starts."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        chosen = Settings(data=data, port=port, engines=(ENGINES,), **settings)
        app = create_app(chosen)
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=10)
        server = _Started(app, config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            assert server.up.wait(60), "the server did not start"
            assert server.loop is not None
            key = (data / "admin-key").read_text().strip()
            url = f"http://127.0.0.1:{port}"
            headers = {"Authorization": f"Bearer {key}"}
            with httpx2.Client(base_url=url, headers=headers, timeout=90) as client:
                yield Running(url, key, app.state.house, chosen, client, server.loop, app)
        finally:
            server.should_exit = True
            thread.join(60)
        assert not thread.is_alive(), "the server did not stop"


class Gate:
    """The other end of the pipe of a task of engine `gate`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"gate-{os.urandom(4).hex()}"
        os.mkfifo(self.path)
        self._orders: Any = None

    def tell(self, *orders: str) -> None:
        """Waits for the engine to be there, the first time."""
        if self._orders is None:
            self._orders = self.path.open("w")
        self._orders.write("".join(order + "\n" for order in orders))
        self._orders.flush()

    def open(self) -> None:
        """Let the engine come to its end."""
        self.tell()
        self._orders.close()

    def close(self) -> None:
        """Leave: the engine may be gone already, and its next attempt shall find nobody here."""
        if self._orders is not None:
            with contextlib.suppress(BrokenPipeError):
                self._orders.close()
        self._orders = None

    def task(self, name: str = "a") -> dict[str, Any]:
        """A task that waits at this gate."""
        return {"name": name, "engine": "gate", "params": {"gate": str(self.path)}}


MakeGate = Callable[[], Gate]
