"""Services in mode chunk and stream, fed by a task that still writes."""

import threading
from typing import Any

from jobmill_engine import Engine, Result, Task
from tests.http_engines.services import (
    JSON,
    Answer,
    Request,
    Service,
    after_cutter,
    aion,
    answering,
    register,
    serving,
    words_of,
)
from tests.running import Running

TEXT = "one two three four five"


def parts_of(server: Running, job: dict[str, Any], task: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.client.get(
        f"/api/v1/jobs/{job['id']}/tasks/{task}/parts"
    ).json()["items"]
    return found


def part(server: Running, job: dict[str, Any], number: int) -> Any:
    answer = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/b/parts/out/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_chunk_is_a_request_with_its_times(server: Running) -> None:
    service = Service(lambda request: (200, aion((request.chunk or b"").decode().strip()), JSON))
    with answering(service) as url:
        register(server, url, "chunks", modes=["chunk"])
        job = server.finish(after_cutter(server, "chunks", TEXT, "chunk", max_engines=2))
    assert job["state"] == "completed", job
    sent = sorted(service.requests, key=lambda request: int(request.fields["startOffsetMS"]))
    assert [(request.chunk or b"").decode().strip() for request in sent] == TEXT.split()
    assert [request.fields["endOffsetMS"] for request in sent][:2] == ["1000", "2000"]
    assert sent[1].fields["chunk-metadata-start_ms"] == "1000"


def test_a_chunk_that_is_ignored_leaves_the_others(server: Running) -> None:
    def some(request: Request) -> Answer:
        word = (request.chunk or b"").decode().strip()
        return (204, b"", "") if word == "two" else (200, aion(word), JSON)

    with answering(Service(some)) as url:
        register(server, url, "some", modes=["chunk"])
        job = server.finish(after_cutter(server, "some", TEXT, "chunk"))
    assert job["state"] == "completed", job


def test_a_chunk_that_fails_is_tried_again(server: Running) -> None:
    failed = threading.Event()

    def once(request: Request) -> Answer:
        word = (request.chunk or b"").decode().strip()
        if word == "three" and not failed.is_set():
            failed.set()
            return 500, b"three is too many", "text/plain"
        return 200, aion(word), JSON

    service = Service(once)
    with answering(service) as url:
        register(server, url, "once", modes=["chunk"])
        job = server.finish(after_cutter(server, "once", TEXT, "chunk", max_retries=2))
    assert job["state"] == "completed", job
    assert len(service.requests) == 6


def test_a_chunk_that_fails_for_good_fails_the_task_with_its_reason(server: Running) -> None:
    with answering(Service(lambda _: (500, b"no more ink", "text/plain"))) as url:
        register(server, url, "inkless", modes=["chunk"])
        job = server.finish(after_cutter(server, "inkless", "one", "chunk", max_retries=0))
    assert job["state"] == "failed"
    assert "no more ink" in job["reason"]["message"]


def test_a_stream_is_read_while_it_is_written(server: Running) -> None:
    first = threading.Event()

    def reading(request: Request) -> Answer:
        import httpx2

        heard = b""
        with httpx2.stream("GET", request.fields["cacheURI"], timeout=60) as answer:
            for piece in answer.iter_bytes():
                heard += piece
                first.set()
        again = httpx2.get(request.fields["cacheURI"])
        assert again.status_code == 404, again.text
        return 200, aion(*heard.decode().split()), JSON

    service = Service(reading)
    with answering(service) as url:
        register(server, url, "stream", modes=["stream"])
        job = after_cutter(server, "stream", TEXT, "stream", wait=0.3)
        assert first.wait(20)
        assert parts_of(server, job, "a") != []
        assert server.client.get(f"/api/v1/jobs/{job['id']}").json()["ended_at"] is None
        ended = server.finish(job)
    assert ended["state"] == "completed", ended
    assert service.requests[0].chunk is None
    results = server.client.get(f"/api/v1/jobs/{job['id']}/results").json()["items"]
    (found,) = [each["document"] for each in results if each["task"] == "b"]
    assert words_of(found) == TEXT.split()


class Echo(Engine):
    """Hands on every word of a stream, louder."""

    def run(self, task: Task) -> Result | None:
        with task.input().open() as stream:
            words = stream.read().split()
        for word in words:
            task.output("out", word.upper(), "text/plain")
        return {"count": len(words)}


def test_an_engine_of_the_kit_streams_over_http(server: Running) -> None:
    with serving(Echo, stream=True, estimate=1.0) as url:
        register(server, url, "echo", modes=["stream"])
        job = server.finish(after_cutter(server, "echo", TEXT, "stream", wait=0.05))
    assert job["state"] == "completed", job
    parts = parts_of(server, job, "b")
    assert [each["number"] for each in parts] == [0, 1, 2, 3, 4]
    results = server.client.get(f"/api/v1/jobs/{job['id']}/results").json()["items"]
    assert [each["document"] for each in results if each["task"] == "b"] == [{"count": 5}]
