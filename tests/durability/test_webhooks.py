"""Webhooks of real servers that are killed, and of receivers that are away."""

import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx2

from tests.durability.fleet import Book, Caller
from tests.receiver import Got, Receiver, receiving
from tests.serving import ServerProcess
from tests.serving.processes import clean_environment

OPEN = {"JOBMILL_FETCH_ALLOW": "127.0.0.0/8"}
NOOP = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}
SECRET = "whsec_" + "QUFB" * 8


def serve(data: Path, caller: Caller) -> ServerProcess:
    server = ServerProcess(data, **OPEN)
    caller.moved(server.url, server.key)
    return server


def add_endpoint(caller: Caller, url: str, *events: str) -> str:
    body = {"url": url, "events": list(events), "secret": SECRET}
    answer = httpx2.post(f"{caller.url}/api/v1/endpoints", json=body, headers=caller.headers())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_what_was_committed_is_sent_although_the_server_is_killed_all_the_time(
    data: Path,
) -> None:
    """Jobs are sent while the server dies again and again: each tells of its life, under one id."""
    dice, caller = random.Random(11), Caller()
    with receiving() as receiver:
        server = serve(data, caller)
        add_endpoint(caller, receiver.url, "job.created", "job.completed")
        jobs: list[int] = []

        def submit() -> None:
            for i in range(40):
                jobs.append(caller.submit(NOOP, f"job-{i}")["number"])

        submitting = threading.Thread(target=submit)
        submitting.start()
        try:
            for _ in range(4):
                submitting.join(dice.uniform(0.05, 0.5))
                caller.there.clear()
                server.stop(signal.SIGKILL)
                server = serve(data, caller)
            submitting.join(60)
            assert len(jobs) == 40
            told = wait_for_all(receiver, jobs)
        finally:
            caller.over.set()
            server.stop()
    for job in jobs:
        for kind in ("job.created", "job.completed"):
            assert len({got.id for got in told[job, kind]}) == 1, "however often it came"
    Book(data).check_whole()


def wait_for_all(receiver: Receiver, jobs: list[int]) -> dict[tuple[int, str], list[Got]]:
    """What came of each job, once both ends of each have come."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told: dict[tuple[int, str], list[Got]] = defaultdict(list)
        for got in list(receiver.got):
            told[got.verified(SECRET)["data"]["job"]["number"], got.type].append(got)
        if all((job, kind) in told for job in jobs for kind in ("job.created", "job.completed")):
            return told
        threading.Event().wait(0.05)
    raise AssertionError(f"of {len(jobs)} jobs {len(told)} events came")


SUBMIT = """
import asyncio, sys
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
        print(made.graph.job.number)

asyncio.run(main())
"""


def submitted_by_another_process(data: Path) -> int:
    made = subprocess.run(
        [sys.executable, "-c", SUBMIT, str(data)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return int(made.stdout)


def test_an_event_of_a_process_without_a_sender_is_sent_by_the_server(data: Path) -> None:
    """Both while the server runs, and when it starts: nothing was sent when it was committed."""
    caller = Caller()
    with receiving() as receiver:
        with serve(data, caller):
            add_endpoint(caller, receiver.url, "job.created")
            first = submitted_by_another_process(data)
            (got,) = receiver.wait(1)
            assert got.json["data"]["job"]["number"] == first
        second = submitted_by_another_process(data)
        assert len(receiver.got) == 1
        with serve(data, caller):
            assert receiver.wait(2)[1].json["data"]["job"]["number"] == second


def test_a_try_that_a_kill_cut_off_is_made_again_at_the_next_start(data: Path) -> None:
    caller = Caller()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        server = serve(data, caller)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        endpoint = add_endpoint(caller, url, "job.created")
        caller.submit(NOOP, "1")
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(30)
            begun = connection.recv(65536)
            server.stop(signal.SIGKILL)
    begun_id = begun.lower().split(b"webhook-id: ")[1].split(b"\r\n")[0].decode()
    with receiving(port=int(url.rsplit(":")[-1].strip("/"))) as receiver, serve(data, caller):
        (got,) = receiver.wait(1)
        assert got.id == begun_id
        assert log_of(caller, endpoint, 1)[0]["state"] == "delivered"


def log_of(caller: Caller, endpoint: str, count: int) -> list[dict[str, Any]]:
    """The delivery log, once nothing in it is pending."""
    for _ in range(200):
        log: list[dict[str, Any]] = caller.get(f"/endpoints/{endpoint}/deliveries")["items"]
        if len(log) == count and all(each["state"] != "pending" for each in log):
            return log
        caller.over.wait(0.05)
    raise AssertionError(log)


def test_a_receiver_that_comes_back_gets_what_it_missed(data: Path) -> None:
    """The table's first pause is real here: five seconds."""
    caller = Caller()
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    with serve(data, caller):
        endpoint = add_endpoint(caller, f"http://127.0.0.1:{port}/", "job.completed")
        jobs = [caller.submit(NOOP, str(i))["number"] for i in range(5)]
        for each in jobs:
            caller.wait_ended(str(each))
        with receiving(port=port) as receiver:
            came = receiver.wait(5, seconds=15)
        assert sorted(got.json["data"]["job"]["number"] for got in came) == jobs
        log = log_of(caller, endpoint, 5)
        assert {each["attempts"] for each in log} == {2}
