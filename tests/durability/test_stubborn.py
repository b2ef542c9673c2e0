"""An engine that will not go, with a child in a session of its own: the system shows them gone."""

import signal
import threading
import time
from pathlib import Path

from tests.durability.engines import Engines
from tests.durability.fleet import Caller
from tests.serving import ServerProcess

NOOP = {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": 1}}


def stubborn(began: Path) -> dict[str, object]:
    task = {"name": "a", "engine": "stubborn", "params": {"began": str(began)}}
    return {"tasks": [task], "input": {"json": 1}}


def wait_begun(began: Path, engines: Engines) -> None:
    tick = threading.Event()
    for _ in range(1500):
        if began.exists():
            assert len(engines.processes()) >= 3, "a shim, the engine and its child"
            return
        tick.wait(0.02)
    raise AssertionError("the engine did not begin")


def seconds_until_gone(engines: Engines, since: float) -> float:
    tick = threading.Event()
    while left := engines.processes():
        assert time.monotonic() - since < 10, left
        tick.wait(0.02)
    return time.monotonic() - since


def test_a_cancelled_engine_is_gone_within_five_seconds_and_its_slot_free(
    data: Path, engines: Engines, tmp_path: Path
) -> None:
    environment = {"JOBMILL_ENGINES": str(engines.folder), "JOBMILL_SLOTS": "1"}
    with ServerProcess(data, **environment) as server:
        caller = Caller()
        caller.moved(server.url, server.key)
        job = caller.submit(stubborn(tmp_path / "began"), "1")["id"]
        wait_begun(tmp_path / "began", engines)
        following = caller.submit(NOOP, "2")["id"]
        asked = time.monotonic()
        caller.post(f"/jobs/{job}/cancel")
        assert seconds_until_gone(engines, asked) < 5
        assert caller.wait_ended(job, 5)["state"] == "cancelled"
        assert caller.wait_ended(following, 20)["state"] == "completed"


def test_engines_of_a_killed_server_are_gone_before_their_task_runs_again(
    data: Path, engines: Engines, tmp_path: Path
) -> None:
    environment = {"JOBMILL_ENGINES": str(engines.folder), "JOBMILL_SLOTS": "1"}
    caller, began = Caller(), tmp_path / "began"
    with ServerProcess(data, **environment) as first:
        caller.moved(first.url, first.key)
        job = caller.submit(stubborn(began), "1")["id"]
        wait_begun(began, engines)
        old = {process.pid for process in engines.processes()}
        killed = time.monotonic()
        first.stop(signal.SIGKILL)
    with ServerProcess(data, **environment) as second:
        caller.moved(second.url, second.key)
        assert not old & {process.pid for process in engines.processes()}
        assert time.monotonic() - killed < 30
        caller.post(f"/jobs/{job}/cancel")
        assert caller.wait_ended(job, 10)["state"] == "cancelled"
    assert engines.processes() == []


def test_a_server_that_is_asked_to_stop_ends_engines_that_will_not(
    data: Path, engines: Engines, tmp_path: Path
) -> None:
    with ServerProcess(data, JOBMILL_ENGINES=str(engines.folder)) as server:
        caller, began = Caller(), tmp_path / "began"
        caller.moved(server.url, server.key)
        caller.submit(stubborn(began), "1")
        wait_begun(began, engines)
        asked = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - asked < 12
    assert engines.processes() == []
