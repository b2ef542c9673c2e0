"""A server whose pipelines are apps, and a caller with the vendor's header."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest

from tests.running import Running, running

MOUNT = "/superai/v1"


@dataclass(frozen=True)
class Caller:
    """Somebody with a key."""

    client: httpx2.Client
    user: int

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        if body is not None:
            more["json"] = body
        return self.client.request(method, f"{MOUNT}/{path}", **more)

    def given(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """What a call answers that is not refused."""
        answer = self.call(method, path, body, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> str:
        """The message of a refusal."""
        answer = self.call(method, path, body, **more)
        assert answer.status_code == status, answer.text
        message: str = answer.json()["message"]
        return message


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("superai") / "data"
    with running(data, fetch_allow=(ip_network("127.0.0.0/8"),)) as up:
        yield up


@pytest.fixture(scope="package")
def admin(server: Running) -> Iterator[Caller]:
    with caller(server, server.key) as made:
        yield made


def caller(server: Running, key: str) -> Any:
    """A caller with a key, as a context."""
    return _Calling(server, key)


class _Calling:
    def __init__(self, server: Running, key: str) -> None:
        self._client = httpx2.Client(base_url=server.url, headers={"API-KEY": key}, timeout=90)

    def __enter__(self) -> Caller:
        answer = self._client.get(f"{MOUNT}/data")
        assert answer.status_code == 200, answer.text
        probe = self._client.post(f"{MOUNT}/data", params={"path": "who/am/i"}).json()
        self._client.delete(f"{MOUNT}/data", params={"path": "who/am/i"})
        return Caller(self._client, probe["ownerId"])

    def __exit__(self, *how: object) -> None:
        self._client.close()


@pytest.fixture(scope="package")
def quick(server: Running, admin: Caller) -> str:
    """An app that does nothing, at once."""
    return app_of(server, admin, "quick", [{"name": "a", "engine": "noop"}])


def app_of(server: Running, who: Caller, name: str, tasks: list[dict[str, Any]]) -> str:
    """A new pipeline, as an app."""
    answer = server.client.post("/api/v1/pipelines", json={"name": name, "tasks": tasks})
    assert answer.status_code == 201, answer.text
    app: str = who.given("GET", f"apps/{name}")["uuid"]
    return app


def job_of(who: Caller, app: str, **more: Any) -> dict[str, Any]:
    """A new job of an app, as its object."""
    made = who.given("POST", f"apps/{app}/jobs", {"inputs": [{"text": "a"}], **more})
    job: dict[str, Any] = who.given("GET", f"jobs/{made['uuid']}")
    return job


def ended(server: Running, who: Caller, job: dict[str, Any]) -> dict[str, Any]:
    """The object of a job that has ended."""
    server.finish({"id": job["uuid"]})
    again: dict[str, Any] = who.given("GET", f"jobs/{job['id']}")
    return again


INPUT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string"}, "said": {"type": "object"}},
}
OUTPUT = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": {"enum": ["cat", "dog"]}},
}


@pytest.fixture(scope="package")
def labels(server: Running, admin: Caller) -> str:
    """An app with a typed input and output, whose answer is what its input says."""
    return program_of(server, admin, "labels", [{"name": "a", "engine": "scribe"}])


def program_of(
    server: Running,
    who: Caller,
    name: str,
    tasks: list[dict[str, Any]],
    routes: list[dict[str, str]] | None = None,
) -> str:
    """A new program, as an app; the first task returns `said` of its input."""
    program = {
        "input_schema": INPUT,
        "output_schema": OUTPUT,
        "params": {"a.document": "/said"},
    }
    body = {"name": name, "tasks": tasks, "routes": routes or [], "program": program}
    answer = server.client.post("/api/v1/pipelines", json=body)
    assert answer.status_code == 201, answer.text
    app: str = who.given("GET", f"apps/{name}")["uuid"]
    return app


def labelled(server: Running, who: Caller, app: str, label: str, **more: Any) -> dict[str, Any]:
    """An ended job that answered with a label."""
    given = {"text": "a", "said": {"label": label, "confidence": 0.9}}
    return ended(server, who, job_of(who, app, **{"inputs": [given], **more}))


def ingested(server: Running, made: dict[str, Any]) -> None:
    """Wait until all inputs of a request have become jobs, or are refused."""
    batch = server.client.get(f"/api/v1/batches/{made['batchId']}").json()
    server.finish({"id": batch["job"]})
