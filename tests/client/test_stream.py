"""The live stream: every event once and in order, however often the connection is lost."""

import threading
from urllib.parse import urlsplit

import pytest

from jobmill_client import Event, Jobmill, NotFound, Patience, Update
from tests.client.cutting import CuttingProxy
from tests.serving import Drill, ServerProcess

CHAIN = [{"name": f"t{n}", "engine": "noop"} for n in range(8)]
ROUTES = [{"from": f"t{n}", "to": f"t{n + 1}"} for n in range(7)]
ENDED = "job.completed"
HASTE = Patience(attempts=6, first_pause=0.01, longest_pause=0.05)


def port_of(server: ServerProcess) -> int:
    return urlsplit(server.url).port or 0


def test_the_stream_tells_the_whole_story_and_ends(client: Jobmill) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=CHAIN, routes=ROUTES)
    told = list(client.jobs.events(job))
    assert told == list(client.jobs.history(job))
    assert told[0].type == "job.created"
    assert told[-1].type == ENDED
    assert client.jobs.get(job).state == "completed"


def test_an_ended_job_can_be_watched_from_any_place(client: Jobmill) -> None:
    job = client.jobs.wait(client.jobs.create(input={"json": 1}, tasks=CHAIN, routes=ROUTES), 60)
    history = list(client.jobs.history(job))
    assert list(client.jobs.events(job)) == history
    assert list(client.jobs.events(job, after=history[4].number)) == history[5:]
    assert list(client.jobs.events(job, after=history[-1].number)) == []


def test_a_stream_that_is_cut_again_and_again_loses_and_doubles_nothing(
    client: Jobmill, server: ServerProcess
) -> None:
    job = client.jobs.wait(client.jobs.create(input={"json": 1}, tasks=CHAIN, routes=ROUTES), 60)
    # Answers about the job itself are as long as its progress: what is cut here is the stream.
    whole = len(client.jobs.get(job).raw.__repr__())
    with (
        CuttingProxy(port_of(server), limit=whole + 1500) as proxy,
        Jobmill(proxy.url, server.key, patience=HASTE) as cut,
    ):
        assert list(cut.jobs.events(job)) == list(client.jobs.history(job))
        assert proxy.connections > 1


def test_a_stream_that_is_cut_while_the_job_runs_goes_on_where_it_was(
    client: Jobmill, server: ServerProcess, drill: Drill
) -> None:
    tasks = [*drill.tasks, *CHAIN]
    routes = [{"from": "held", "to": "t0"}, *ROUTES]
    told: list[Event | Update] = []
    running = threading.Event()

    def listen(url: str) -> None:
        with Jobmill(url, server.key, patience=HASTE) as listener:
            for frame in listener.jobs.watch(job):
                told.append(frame)
                if isinstance(frame, Event) and frame.type == "job.started":
                    running.set()

    job = client.jobs.create(input={"json": 1}, tasks=tasks, routes=routes)
    with CuttingProxy(port_of(server)) as proxy:
        thread = threading.Thread(target=listen, args=(proxy.url,))
        thread.start()
        assert running.wait(30)
        drill.wait_begun()
        before = proxy.connections
        proxy.cut()
        drill.release()
        thread.join(60)
        assert not thread.is_alive()
        assert proxy.connections > before
    events = [frame for frame in told if isinstance(frame, Event)]
    assert events == list(client.jobs.history(job))


def test_progress_comes_between_the_events(client: Jobmill, drill: Drill) -> None:
    job = client.jobs.create(input={"json": 1}, tasks=drill.tasks)
    updates = []
    for frame in client.jobs.watch(job):
        if isinstance(frame, Update):
            updates.append(frame)
            if frame.progress.percent == 25:
                drill.release()
    assert [each.progress.percent for each in updates if each.state == "running"][-1] == 25
    assert updates[-1].progress.features[0].task == "held"


def test_a_job_that_is_not_there_cannot_be_watched(client: Jobmill) -> None:
    with pytest.raises(NotFound):
        list(client.jobs.events("01900000-0000-7000-8000-000000000000"))
