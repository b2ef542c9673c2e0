"""Progress with rate and time left: in jobs, tasks, lists and the live stream."""

import json
from typing import Any

from tests.api.test_events import STREAM, frames
from tests.running import MakeGate, Running

FIELDS = {"percent", "done", "total", "unit", "rate", "seconds_left", "features"}


def seen_at(server: Running, job: dict[str, Any], percent: int) -> dict[str, Any]:
    """The frame of the stream that shows so many percents."""
    with server.client.stream("GET", job["links"]["events"], headers=STREAM) as answer:
        for frame in frames(answer):
            told: dict[str, Any] = json.loads(frame["data"])
            if frame["event"] == "progress" and told["progress"]["percent"] == percent:
                return told
    raise AssertionError("the stream ended before")


def test_a_running_job_tells_rate_and_time_left_everywhere(server: Running, gate: MakeGate) -> None:
    way = gate()
    job = server.submit(tasks=[way.task()])
    assert set(job["progress"]) == FIELDS
    assert job["progress"]["seconds_left"] is None
    way.tell("progress 10")
    seen_at(server, job, 10)
    way.tell("progress 40")
    told = seen_at(server, job, 40)["progress"]
    shown = server.client.get(job["links"]["self"]).json()["progress"]
    (task,) = server.client.get(job["links"]["tasks"]).json()["items"]
    (listed,) = server.client.get("/api/v1/jobs", params={"limit": 1}).json()["items"]
    for each in (told, shown, task["progress"], listed["progress"], told["features"][0]):
        assert (each["done"], each["total"], each["unit"]) == (40, 100, "s")
        assert each["rate"] > 0
        assert each["seconds_left"] >= 0
    way.open()
    ended = server.finish(job)["progress"]
    assert (ended["percent"], ended["done"], ended["seconds_left"]) == (100, 100, 0)


def test_engines_without_progress_have_none(server: Running) -> None:
    progress = server.finish(server.submit())["progress"]
    assert (progress["percent"], progress["seconds_left"], progress["rate"]) == (100, 0, None)
