"""kill -9 at any moment: every accepted job ends as if nothing had happened.

The jobs come from this process over HTTP, with an Idempotency-Key each; a reader follows the
events of some of them through all the kills.
"""

import contextlib
import random
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.durability.engines import Engines, read_diary
from tests.durability.fleet import Book, Caller, Reader, job_body
from tests.serving import ServerProcess, WorkerProcess
from tests.serving.processes import COMMAND, clean_environment

LONGEST_LIFE = 1.5  # seconds between a start and the next kill, at most


class Mill:
    """What is killed and started again: a server, or a server and a worker."""

    def __init__(self, data: Path, engines: Engines, caller: Caller, *, split: bool) -> None:
        self._data, self._caller, self._split = data, caller, split
        self._environment = {"JOBMILL_ENGINES": str(engines.folder), "JOBMILL_SLOTS": "3"}
        self._first = iter(["server", "both"])
        self.server = self._start_server()
        self.worker = self._start_worker() if split else None

    def kill(self, dice: random.Random) -> None:
        """Kill one of the processes, or both, and start what is missing."""
        victims = self._next_victims(dice)
        if victims != "worker":
            self._caller.there.clear()
            self.server.stop(signal.SIGKILL)
        if victims != "server" and self.worker is not None:
            self.worker.stop(signal.SIGKILL)
            self.worker = self._start_worker()
        if victims != "worker":
            if dice.random() < 0.3:
                self._start_and_kill_early(dice.uniform(0, 1.0))
            self.server = self._start_server()

    def _next_victims(self, dice: random.Random) -> str:
        if not self._split:
            return "server"
        # First the server, so that the readers lose it while the long task runs.
        return next(self._first, None) or dice.choice(["worker", "both", "worker", "server"])

    def _start_and_kill_early(self, seconds: float) -> None:
        """A server that is killed somewhere on its way up."""
        words = [*COMMAND, "serve", "--data", str(self._data), "--port", "0"]
        environment = clean_environment(**self._environment)
        with self._data.with_suffix(".log").open("ab") as log:
            stillborn = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        with contextlib.suppress(subprocess.TimeoutExpired):
            stillborn.wait(seconds)
        stillborn.kill()
        stillborn.wait()

    def stop(self) -> None:
        """End in good order."""
        assert self.server.stop() == 0
        assert self.worker is None or self.worker.stop() == 0

    def end(self) -> None:
        """Whatever the test came to, leave no process."""
        for process in (self.server, self.worker):
            if process is not None:
                process.stop(signal.SIGKILL)

    def _start_server(self) -> ServerProcess:
        flags = ["--no-worker"] if self._split else []
        server = ServerProcess(self._data, *flags, **self._environment)
        self._caller.moved(server.url, server.key)
        return server

    def _start_worker(self) -> WorkerProcess:
        return WorkerProcess(self._data, **self._environment)


def survive(data: Path, engines: Engines, *, split: bool, kills: int, jobs: int, seed: int) -> None:
    """Submit jobs while the mill is killed again and again, and then look at every trace."""
    dice, caller = random.Random(seed), Caller()
    diary = data.with_name("diary")
    mill = Mill(data, engines, caller, split=split)
    submitting = ThreadPoolExecutor(4)  # what is under way at a kill is asked for again
    try:
        first = [caller.submit(job_body(i, diary), f"key-{i}") for i in range(3)]
        readers = [Reader(caller, job["id"]) for job in first]
        assert readers[0].reading.wait(30)
        clock, accepted = threading.Event(), []
        for life in range(kills):
            for i in range(3 + life * jobs // kills, 3 + (life + 1) * jobs // kills):
                asked = submitting.submit(caller.submit, job_body(i, diary), f"key-{i}")
                accepted.append(asked)
            clock.wait(dice.uniform(0, LONGEST_LIFE))
            mill.kill(dice)
        made = first + [each.result(60) for each in accepted]
        ended = [caller.wait_ended(job["id"]) for job in made]
        for reader in readers:
            reader.join(30)
        again = [caller.submit(job_body(i, diary), f"key-{i}")["id"] for i in range(len(made))]
        mill.stop()
    finally:
        caller.over.set()
        submitting.shutdown(cancel_futures=True)
        mill.end()
    assert again == [job["id"] for job in made], "the same key is the same job"
    assert {job["state"] for job in ended} == {"completed"}
    assert len(made) == 3 + jobs
    check_traces(data, engines, diary, [job["number"] for job in made], readers)


def check_traces(
    data: Path, engines: Engines, diary: Path, numbers: list[int], readers: list[Reader]
) -> None:
    book = Book(data)
    book.check_whole()
    assert [row["number"] for row in book.all("SELECT number FROM job ORDER BY number")] == sorted(
        numbers
    ), "no job was made twice"
    for number in numbers:
        book.check_done_once(number)
        told = book.check_events(number)
        for reader in readers[numbers.index(number) : numbers.index(number) + 1]:
            assert reader.numbers == told, "each event came to the reader, once and in order"
    lines = read_diary(diary)
    assert not [name for word, name in lines if word == "overlap"], "two runs at the same time"
    lost = book.all("SELECT count(*) AS n FROM attempt WHERE state = 'lost'")[0]["n"]
    assert lost >= 3, "the kills met work; else this test would prove nothing"
    assert readers[0].connections >= 2
    runs = book.all("SELECT count(*) AS n FROM attempt")[0]["n"]
    assert sum(count for (word, _), count in lines.items() if word == "start") <= runs
    assert engines.processes() == []
    assert list((data / "work").glob("*/*")) == []
    assert list((data / "workers").glob("*.engines/*")) == []


@pytest.mark.parametrize("split", [False, True], ids=["one process", "two processes"])
def test_every_accepted_job_outlives_kills(data: Path, engines: Engines, split: bool) -> None:
    survive(data, engines, split=split, kills=6 if split else 8, jobs=12, seed=7)


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("split", [False, True], ids=["one process", "two processes"])
def test_every_accepted_job_outlives_many_kills(
    data: Path, engines: Engines, split: bool, seed: int
) -> None:
    survive(data, engines, split=split, kills=40, jobs=80, seed=seed)
