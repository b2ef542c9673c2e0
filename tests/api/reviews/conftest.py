"""A desk: jobs that ask people, and the people who answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.running import Running

WAIT = {"Prefer": "wait=30"}
DOCUMENT = {"points": [{"key": "total", "value": "10.00"}], "confidence": 0.4}


def graph(**review: Any) -> dict[str, Any]:
    """Points, a review of them, and who writes what people agreed on."""
    return {
        "tasks": [
            {"name": "points", "engine": "scribe", "params": {"document": DOCUMENT}},
            {"name": "mapping", "review": {"step": "mapping", **review}},
            {"name": "write", "engine": "scribe", "params": {"document": {"written": True}}},
        ],
        "routes": [{"from": "points", "to": "mapping"}, {"from": "mapping", "to": "write"}],
        "input": {"json": {"page": 1}},
    }


@dataclass(frozen=True)
class Person:
    """Somebody of the organization, with a key."""

    id: str
    name: str
    client: httpx2.Client

    def take(self, review: str, **body: Any) -> httpx2.Response:
        return self.client.post(f"/api/v1/reviews/{review}/checkout", json=body)

    def answer(self, review: str, answer: str, **body: Any) -> httpx2.Response:
        body = {"answer": answer, **body}
        return self.client.post(f"/api/v1/reviews/{review}/answer", json=body)

    def document(self, review: str) -> Any:
        return self.client.get(f"/api/v1/reviews/{review}/document").json()

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass(frozen=True)
class Desk:
    """Makes jobs and people, and waits for what they are asked."""

    server: Running
    people: list[Person] = field(default_factory=list)

    def job(self, shared: list[dict[str, Any]] | None = None, **review: Any) -> dict[str, Any]:
        return self.server.submit(**graph(**review), collaborators=shared or [])

    def review_of(self, job: dict[str, Any]) -> dict[str, Any]:
        """The open review of a job, as soon as there is one."""
        self.until(job, "review.opened")
        found = self.server.client.get("/api/v1/reviews", params={"job": job["id"]}).json()
        review: dict[str, Any] = found["items"][0]
        return review

    def blocked(
        self, shared: list[dict[str, Any]] | None = None, **review: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        job = self.job(shared, **review)
        return job, self.review_of(job)

    def until(self, job: dict[str, Any], event: str) -> None:
        """Read the job's live stream until it says so."""
        path = f"/api/v1/jobs/{job['id']}/events"
        headers = {"Accept": "text/event-stream"}
        with self.server.client.stream("GET", path, headers=headers) as stream:
            for line in stream.iter_lines():
                if line == f"event: {event}":
                    return
        raise AssertionError(f"the stream ended without {event}")

    def see(self, job: dict[str, Any]) -> dict[str, Any]:
        seen: dict[str, Any] = self.server.client.get(f"/api/v1/jobs/{job['id']}").json()
        return seen

    def events(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        path = f"/api/v1/jobs/{job['id']}/events"
        found: list[dict[str, Any]] = self.server.client.get(path).json()["items"]
        return found

    def result(self, job: dict[str, Any], task: str) -> Any:
        path = f"/api/v1/jobs/{job['id']}/results"
        found = self.server.client.get(path).json()["items"]
        return next(each["document"] for each in found if each["task"] == task)

    def person(self, name: str) -> Person:
        client = self.server.client
        answer = client.post("/api/v1/users", json={"name": name})
        assert answer.status_code == 201, answer.text
        user = answer.json()["id"]
        made = client.post("/api/v1/keys", json={"user": user, "name": name, "rights": ["*"]})
        key = made.json()["key"]
        own = httpx2.Client(
            base_url=self.server.url, headers={"Authorization": f"Bearer {key}"}, timeout=90
        )
        self.people.append(Person(user, name, own))
        return self.people[-1]

    @property
    def admin(self) -> Person:
        return Person("", "admin", self.server.client)


@pytest.fixture
def desk(server: Running) -> Iterator[Desk]:
    made = Desk(server)
    yield made
    for person in made.people:
        person.client.close()
