"""Starts that are cut off, and folders that are taken."""

import contextlib
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.durability.fleet import Book, Caller
from tests.serving import ServerProcess, WorkerProcess
from tests.serving.processes import COMMAND, clean_environment

NOOP = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}


def test_a_first_start_that_is_killed_anywhere_is_made_up_for(data: Path) -> None:
    dice = random.Random(3)
    for _ in range(5):
        process = subprocess.Popen(
            [*COMMAND, "serve", "--data", str(data), "--port", "0"],
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Most of it happens in the second half of the first two seconds.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0.4, 2.2))
        process.kill()
        process.wait()
    with ServerProcess(data) as server:
        caller = Caller()
        caller.moved(server.url, server.key)
        job = caller.submit(NOOP, "1")["id"]
        assert caller.wait_ended(job)["state"] == "completed"
        assert server.stop() == 0
    Book(data).check_whole()


def test_a_server_and_workers_that_start_together_on_a_new_folder_share_it(data: Path) -> None:
    words = [*COMMAND, "worker", "--data", str(data), "--log-format", "json"]
    workers = [
        subprocess.Popen(
            words, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    try:
        with ServerProcess(data, "--no-worker") as server:
            caller = Caller()
            caller.moved(server.url, server.key)
            jobs = [caller.submit(NOOP, str(i))["id"] for i in range(6)]
            assert {caller.wait_ended(job)["state"] for job in jobs} == {"completed"}
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        ends = [worker.wait(20) for worker in workers]
        for worker in workers:
            assert worker.stdout
            worker.stdout.close()
    assert ends == [0, 0]
    Book(data).check_whole()


@pytest.mark.parametrize("flags", [[], ["--no-worker"]])
def test_a_second_server_is_refused_and_the_first_goes_on(data: Path, flags: list[str]) -> None:
    with ServerProcess(data) as server:
        second = subprocess.run(
            [*COMMAND, "serve", "--data", str(data), "--port", "0", *flags],
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode != 0
        assert "already" in second.stderr
        assert "Traceback" not in second.stderr
        caller = Caller()
        caller.moved(server.url, server.key)
        assert caller.wait_ended(caller.submit(NOOP, "1")["id"])["state"] == "completed"


def test_jobs_of_another_process_are_taken_without_a_request(data: Path) -> None:
    """A program may submit through the database itself; the server hears of it."""
    submit = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from jobmill.bootstrap import open_house
from jobmill.config import Settings
from jobmill.core.accounts import authenticate
from jobmill.core.jobs.service import JobInput, SubmitJob, submit_job

async def main():
    async with open_house(Settings(data=Path(sys.argv[1]))) as house:
        key = (Path(sys.argv[1]) / "admin-key").read_text().strip()
        now = house.clock.now()
        who = await house.database.read(lambda work: authenticate(work.accounts, key, now))
        command = SubmitJob(JobInput(json=1), tasks=({"name": "a", "engine": "noop"},))
        made = await house.database.write(
            lambda work: submit_job(work, house.outside, who, command, now)
        )
        print(made.graph.job.id)

asyncio.run(main())
"""
    with ServerProcess(data) as server:
        made = subprocess.run(
            [sys.executable, "-c", submit, str(data)],
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        caller = Caller()
        caller.moved(server.url, server.key)
        assert caller.wait_ended(made.stdout.strip(), 10)["state"] == "completed"


def test_a_worker_may_come_before_the_server(data: Path) -> None:
    with WorkerProcess(data), ServerProcess(data, "--no-worker") as server:
        caller = Caller()
        caller.moved(server.url, server.key)
        assert caller.wait_ended(caller.submit(NOOP, "1")["id"])["state"] == "completed"
