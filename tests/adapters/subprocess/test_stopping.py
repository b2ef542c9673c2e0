"""Cancel and a server's death: the operating system must show every process gone.

Each with namespaces (where this machine gives them) and without.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jobmill.adapters.subprocess import SubprocessRunner, sweep
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill.adapters.subprocess.proc import MARK, ProcessId, identify
from jobmill.adapters.subprocess.records import HostRecord, write_record
from jobmill_engine.manifest import Manifest
from tests.adapters.subprocess.conftest import MakeRunner
from tests.adapters.subprocess.engines import Listener, call, processes_of, running

STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = ("import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
         "os.fork() or os.setsid(); time.sleep(600)")
for session in (False, True):
    subprocess.Popen([sys.executable, "-c", child], start_new_session=session, cwd=HOME)
task.log("stubborn")
time.sleep(600)
"""
POLITE = """
task.log("polite")
while not task.cancelled: time.sleep(0.005)
task.check_cancelled()
"""

both_ways = pytest.mark.parametrize("isolate", [True, False], ids=["namespaces", "plain"])


class Signalling(Listener):
    """Sets an event when the engine has logged something."""

    def __init__(self) -> None:
        super().__init__()
        self.logged = asyncio.Event()

    def log(self, level: str, text: str) -> None:
        super().log(level, text)
        self.logged.set()


async def cancel_once_logged(made: SubprocessRunner, manifest: Manifest, tmp_path: Path) -> float:
    """Cancel a running attempt; returns the seconds until nothing is left of it."""
    listener = Signalling()
    attempt = asyncio.ensure_future(made.run(call(manifest, tmp_path), listener))
    await listener.logged.wait()
    assert processes_of(manifest) != []
    began = time.monotonic()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    passed = time.monotonic() - began
    assert processes_of(manifest) == []
    return passed


@both_ways
@pytest.mark.parametrize(
    ("body", "within"), [(POLITE, 0.5), (STUBBORN, 1.5)], ids=["polite", "stubborn"]
)
def test_a_cancelled_attempt_leaves_no_process(
    runner: MakeRunner, tmp_path: Path, isolate: bool, body: str, within: float
) -> None:
    manifest = running(tmp_path / "engine", body)

    async def run() -> float:
        async with runner(settings=LaunchSettings(isolate=isolate), grace_seconds=0.5) as made:
            return await cancel_once_logged(made, manifest, tmp_path)

    passed = asyncio.run(run())
    print(f"cancel of {'a stubborn' if body is STUBBORN else 'a polite'} engine: {passed:.4f} s")
    assert passed < within


def test_a_second_cancel_does_not_cut_the_first_short(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", STUBBORN)

    async def run() -> None:
        async with runner(grace_seconds=0.3) as made:
            listener = Signalling()
            attempt = asyncio.ensure_future(made.run(call(manifest, tmp_path), listener))
            await listener.logged.wait()
            attempt.cancel()
            await asyncio.sleep(0)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            assert processes_of(manifest) == []

    asyncio.run(run())


def test_a_cancel_while_the_engine_starts_leaves_no_process(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = running(tmp_path / "engine", "pass")
    main = manifest.path / "__main__.py"
    main.write_text("import time; print('starting', flush=True); time.sleep(600)")

    async def run() -> None:
        async with runner(grace_seconds=0.3) as made:
            await cancel_once_logged(made, manifest, tmp_path)

    asyncio.run(run())


@both_ways
def test_a_shim_that_is_killed_takes_its_engine_along(
    runner: MakeRunner, tmp_path: Path, isolate: bool
) -> None:
    manifest = running(tmp_path / "engine", STUBBORN)
    others = set(psutil.Process().children())

    async def run() -> None:
        async with runner(settings=LaunchSettings(isolate=isolate)) as made:
            listener = Signalling()
            attempt = asyncio.ensure_future(made.run(call(manifest, tmp_path), listener))
            await listener.logged.wait()
            for shim in set(psutil.Process().children()) - others:
                shim.kill()
            outcome = await attempt
            assert getattr(outcome, "code", None) == "engine_died"
            # One that is dying has no memory left in which its mark could be read.
            assert eventually(lambda: processes_of(manifest) == [], 2)

    asyncio.run(run())


SERVER = """
import asyncio, sys
from pathlib import Path
from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.adapters.subprocess.launch import LaunchSettings
from jobmill_engine.manifest import load_manifest
from tests.adapters.subprocess.engines import Listener, call

class Telling(Listener):
    def log(self, level, text): print(text, flush=True)

async def main(folder, isolate):
    made = SubprocessRunner(folder / "records", settings=LaunchSettings(isolate=isolate))
    await made.run(call(load_manifest(folder / "engine"), folder), Telling())

asyncio.run(main(Path(sys.argv[1]), sys.argv[2] == "True"))
"""


def eventually(reached: Callable[[], bool], within: float) -> bool:
    deadline = time.monotonic() + within
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@both_ways
def test_kill_minus_nine_of_the_server_leaves_no_process(tmp_path: Path, isolate: bool) -> None:
    manifest = running(tmp_path / "engine", STUBBORN)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), str(isolate)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"stubborn\n"
        # The shim, the engine, and what the engine started.
        assert eventually(lambda: len(processes_of(manifest)) >= 5, 5)
        server.send_signal(signal.SIGKILL)
    assert eventually(lambda: processes_of(manifest) == [], 2)
    assert sweep(tmp_path / "records") == []
    assert list((tmp_path / "records").iterdir()) == []


def test_a_sweep_kills_by_start_time_and_by_mark_and_nobody_else(tmp_path: Path) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    known = subprocess.Popen(sleeper)
    orphan = subprocess.Popen(sleeper, env={**os.environ, MARK: "mark"}, start_new_session=True)
    stranger = subprocess.Popen(sleeper)
    known_id, stranger_id = identify(known.pid), identify(stranger.pid)
    assert known_id is not None
    assert stranger_id is not None
    recycled = ProcessId(stranger.pid, stranger_id.start - 1)
    try:
        assert eventually(lambda: b"mark" in Path(f"/proc/{orphan.pid}/environ").read_bytes(), 5)
        write_record(tmp_path, HostRecord("mark", "an-engine", (known_id, recycled)))
        swept = sweep(tmp_path)
        assert {process.pid for process in swept} == {known.pid, orphan.pid}
        assert {process.engine for process in swept} == {"an-engine"}
        assert stranger.poll() is None
        assert list(tmp_path.iterdir()) == []
    finally:
        for process in (known, orphan, stranger):
            process.kill()
            process.wait()


def test_a_sweep_of_a_damaged_record_still_finds_the_mark(tmp_path: Path) -> None:
    (tmp_path / "mark.host.json").write_text("{")
    (tmp_path / "other.tmp").write_text("")
    assert sweep(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
