"""A job's events: listed, streamed, and resumed after a broken connection."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from jobmill.core.accounts import gentoo_principal
from jobmill.http import watching
from tests.running import MakeGate, Running

STREAM = {"Accept": "text/event-stream"}


class Frame(dict[str, str]):
    """The fields of one server-sent event."""


def frames(answer: httpx2.Response) -> Iterator[Frame]:
    """Server-sent events as a client reads them; comments and `retry` left out."""
    frame = Frame()
    for line in answer.iter_lines():
        field, _, value = line.partition(": ")
        if line and field:
            frame[field] = value
        elif not line and "data" in frame:
            yield frame
            frame = Frame()


def all_events(server: Running, job: dict[str, Any]) -> list[int]:
    items = server.client.get(job["links"]["events"]).json()["items"]
    return [event["number"] for event in items]


def test_events_are_listed_in_pages_and_from_a_place(server: Running) -> None:
    job = server.submit()
    server.finish(job)
    everything = all_events(server, job)
    first = server.client.get(job["links"]["events"], params={"limit": 2}).json()
    params = {"cursor": first["next"]}
    rest = server.client.get(job["links"]["events"], params=params).json()
    assert [event["number"] for event in first["items"] + rest["items"]] == everything
    assert rest["next"] is None
    after = server.client.get(job["links"]["events"], params={"after": everything[2]}).json()
    assert [event["number"] for event in after["items"]] == everything[3:]


def test_a_stream_tells_every_event_and_progress_and_then_ends(
    server: Running, gate: MakeGate
) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    told, percents = [], []
    with server.client.stream("GET", job["links"]["events"], headers=STREAM) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        way.tell("progress 10")
        for frame in frames(answer):
            if frame["event"] == "progress":
                assert "id" not in frame
                percents.append(json.loads(frame["data"])["progress"]["percent"])
                if percents[-1] == 10:
                    way.tell("progress 60")
                if percents[-1] == 60:
                    way.open()
            else:
                assert json.loads(frame["data"])["number"] == int(frame["id"])
                told.append((int(frame["id"]), frame["event"]))
    assert [number for number, _ in told] == all_events(server, job)
    assert told[0][1] == "job.created"
    assert told[-1][1] == "job.completed"
    assert percents == sorted(percents)
    assert {10, 60} <= set(percents)


def test_a_stream_cut_at_any_event_resumes_without_loss_or_double(
    server: Running, gate: MakeGate
) -> None:
    way = gate()
    job = server.submit(tasks=[way.task("a"), {"name": "b", "engine": "noop"}], routes=[])
    way.tell("progress 1")
    told: list[int] = []
    ended = False
    while not ended:
        headers = {**STREAM, **({"Last-Event-ID": str(told[-1])} if told else {})}
        # A client of its own: leaving the block closes the socket in the middle of the stream.
        with (
            httpx2.Client(base_url=server.url, headers=server.client.headers) as cut,
            cut.stream("GET", job["links"]["events"], headers=headers, timeout=30) as answer,
        ):
            for frame in frames(answer):
                if frame["event"] == "progress":
                    continue
                told.append(int(frame["id"]))
                ended = frame["event"] == "job.completed"
                if len(told) == 3:
                    way.open()
                break
    assert told == all_events(server, job)


def test_a_stream_resumed_behind_the_end_is_told_not_to_come_again(server: Running) -> None:
    job = server.submit()
    server.finish(job)
    last = all_events(server, job)[-1]
    headers = {**STREAM, "Last-Event-ID": str(last)}
    assert server.client.get(job["links"]["events"], headers=headers).status_code == 204
    params = {"after": last}
    assert (
        server.client.get(job["links"]["events"], headers=STREAM, params=params).status_code == 204
    )


def test_a_stream_of_a_retried_job_goes_on_behind_the_first_end(
    server: Running, gate: MakeGate
) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    way.tell("fail once")
    server.finish(job)
    way.close()
    server.client.post(f"{job['links']['self']}/retry")
    with server.client.stream("GET", job["links"]["events"], headers=STREAM) as answer:
        way.open()
        told = [frame["event"] for frame in frames(answer) if frame["event"] != "progress"]
    assert [event for event in told if event.startswith("job.")] == [
        "job.created",
        "job.started",
        "job.failed",
        "job.retried",
        "job.started",
        "job.completed",
    ]


def test_a_stream_of_a_deleted_job_says_so_and_ends(idle: Running) -> None:
    job = idle.submit()
    with idle.client.stream("GET", job["links"]["events"], headers=STREAM) as answer:
        read = frames(answer)
        assert next(read)["event"] == "job.created"
        idle.client.delete(job["links"]["self"])
        assert [frame["event"] for frame in read][-1] == "job.deleted"


def test_a_quiet_stream_is_kept_alive(idle: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobmill.api.events.KEEP_ALIVE_SECONDS", 0.3)
    job = idle.submit()
    with idle.client.stream("GET", job["links"]["events"], headers=STREAM) as answer:
        assert next(line for line in answer.iter_lines() if line == ": keep-alive")


def test_a_wrong_last_event_id_is_refused(idle: Running) -> None:
    job = idle.submit()
    headers = {**STREAM, "Last-Event-ID": "yesterday"}
    answer = idle.client.get(job["links"]["events"], headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "Last-Event-ID")


def test_head_of_a_stream_begins_none(idle: Running) -> None:
    job = idle.submit()
    answer = idle.client.head(job["links"]["events"], headers=STREAM)
    assert (answer.status_code, answer.content) == (200, b"")


def test_watching_a_busy_server_looks_five_times_a_second_at_most(idle: Running) -> None:
    job = idle.submit()

    async def looks() -> int:
        house, count = idle.house, 0
        who = await house.database.read(lambda work: gentoo_principal(work.accounts))
        loop = asyncio.get_running_loop()
        until = loop.time() + 1.0
        async for _ in watching.watch(house, who, job["number"], 0):
            count += 1
            if loop.time() > until:
                return count
            house.bell.ring()  # type: ignore[attr-defined]
        return count

    assert idle.call(looks()) <= 7
