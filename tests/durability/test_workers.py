"""Workers that die, and who goes on in their place."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.durability.engines import Engines, read_diary
from tests.durability.fleet import Book, Caller, diarist
from tests.serving import ServerProcess, WorkerProcess


class House:
    """A server without a worker, and as many workers as a test wants."""

    def __init__(self, data: Path, engines: Engines) -> None:
        self.data, self.engines = data, engines
        self.environment = {"JOBMILL_ENGINES": str(engines.folder), "JOBMILL_SLOTS": "1"}
        self.diary = data.with_name("diary")
        self.caller = Caller()
        self.running: list[ServerProcess | WorkerProcess] = []
        self.server = self.start_server()

    def start_server(self) -> ServerProcess:
        server = ServerProcess(self.data, "--no-worker", **self.environment)
        self.running.append(server)
        self.caller.moved(server.url, server.key)
        return server

    def start_worker(self) -> WorkerProcess:
        worker = WorkerProcess(self.data, **self.environment)
        self.running.append(worker)
        return worker

    def submit(self, name: str, *, long_first: bool = True) -> str:
        task = diarist(name, self.diary, long_first=long_first)
        body = {"tasks": [task], "input": {"json": 1}}
        return str(self.caller.submit(body, name)["id"])

    def wait_for(self, word: str, name: str, times: int = 1, seconds: float = 30) -> None:
        tick = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if read_diary(self.diary)[word, name] >= times:
                return
            tick.wait(0.02)
        raise AssertionError(f"{word} {name} is not in the diary")

    def wait_gone(self, seconds: float = 5) -> float:
        """Until the system shows no engine any more; how long that took."""
        began, tick = time.monotonic(), threading.Event()
        while left := self.engines.processes():
            assert time.monotonic() - began < seconds, left
            tick.wait(0.02)
        return time.monotonic() - began

    def wait_rows_gone(self, seconds: float = 15) -> None:
        tick = threading.Event()
        for _ in range(int(seconds / 0.1)):
            if not Book(self.data).all("SELECT number FROM job"):
                return
            tick.wait(0.1)
        raise AssertionError("the job's rows are still there")


@pytest.fixture
def house(data: Path, engines: Engines) -> Iterator[House]:
    house = House(data, engines)
    yield house
    for process in house.running:
        process.stop(signal.SIGKILL)


def test_a_second_worker_takes_over_from_a_killed_one(house: House) -> None:
    first = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    house.start_worker()
    first.stop(signal.SIGKILL)
    house.wait_for("start", "a", times=2, seconds=10)
    assert house.caller.wait_ended(job)["state"] == "completed"
    assert not read_diary(house.diary)["overlap", "a"]
    attempts = house.caller.get(f"/jobs/{job}/attempts")["items"]
    assert [(each["state"], each["worker"]) for each in attempts] == [
        ("lost", "worker-1"),
        ("done", "worker-2"),
    ]


def test_workers_take_over_from_each_other_while_the_server_is_down(house: House) -> None:
    first = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    house.start_worker()
    house.server.stop(signal.SIGKILL)
    first.stop(signal.SIGKILL)
    house.wait_for("end", "a")
    house.start_server()
    assert house.caller.wait_ended(job)["state"] == "completed"


def test_a_cancel_that_finds_its_worker_dead_ends_the_job_all_the_same(house: House) -> None:
    worker = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    worker.stop(signal.SIGKILL)
    house.caller.post(f"/jobs/{job}/cancel")
    assert house.caller.wait_ended(job, 10)["state"] == "cancelled"
    house.wait_gone()


def test_a_deleted_job_whose_worker_is_dead_goes_with_its_rows(house: House) -> None:
    worker = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    worker.stop(signal.SIGKILL)
    answer = httpx2.delete(
        f"{house.caller.url}/api/v1/jobs/{job}", headers=house.caller.headers(), timeout=20
    )
    assert answer.status_code == 204
    house.wait_rows_gone()
    house.wait_gone()


def test_an_engine_is_gone_soon_after_a_cancel_in_another_process(house: House) -> None:
    house.start_worker()
    took = []
    for i in range(3):
        job = house.submit(f"a{i}")
        house.wait_for("start", f"a{i}")
        asked = time.monotonic()
        house.caller.post(f"/jobs/{job}/cancel")
        house.wait_gone()
        took.append(time.monotonic() - asked)
        assert house.caller.wait_ended(job, 10)["state"] == "cancelled"
    # It hears within 0.2 s; the rest is the end of the engine on a busy machine.
    assert sorted(took)[1] < 1.5, took


def test_a_stopped_worker_hands_its_task_back_and_leaves_nothing_running(house: House) -> None:
    worker = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    assert worker.stop() == 0
    assert house.engines.processes() == []
    found = house.caller.get(f"/jobs/{job}")
    assert found["state"] == "queued"
    assert found["wait_reason"]["code"] == "no_worker"
    house.start_worker()
    assert house.caller.wait_ended(job)["state"] == "completed"
    (task,) = Book(house.data).all("SELECT * FROM task")
    assert (task["attempt"], task["failures"]) == (2, 0)


def test_work_folders_of_a_dead_worker_are_cleared_by_the_next(house: House) -> None:
    worker = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    (left,) = (house.data / "work" / "worker-1").iterdir()
    worker.stop(signal.SIGKILL)
    assert left.exists()
    house.start_worker()
    assert house.caller.wait_ended(job)["state"] == "completed"
    assert not left.exists()
    for file in (house.data / "work" / "worker-1").rglob("*.*"):
        assert file.stat().st_size <= 1, "the next one keeps its folder, and nothing of the input"


@pytest.mark.full
def test_a_worker_that_is_stopped_in_its_tracks_is_dead_to_the_others(house: House) -> None:
    frozen = house.start_worker()
    job = house.submit("a")
    house.wait_for("start", "a")
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        house.start_worker()
        house.wait_for("start", "a", times=2, seconds=40)
        assert not read_diary(house.diary)["overlap", "a"], "its engine was ended before"
        assert house.caller.wait_ended(job)["state"] == "completed"
    finally:
        frozen.process.send_signal(signal.SIGCONT)
    again = house.submit("b", long_first=False)
    assert house.caller.wait_ended(again)["state"] == "completed"
    Book(house.data).check_done_once(1)
    assert frozen.stop() == 0, "it woke, was fenced off, and works on"
