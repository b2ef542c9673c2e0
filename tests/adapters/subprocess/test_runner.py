"""Warm hosts: when a process is used again and when not, and whose turn it is."""

import asyncio
import json
from pathlib import Path

import pytest

from jobmill.adapters.subprocess import SubprocessRunner
from jobmill.core.engines.ports import (
    Done,
    EngineInput,
    EngineWarning,
    Failed,
    Outcome,
    Progress,
)
from jobmill_engine.manifest import Manifest, load_manifest
from tests.adapters.subprocess.conftest import MakeRunner
from tests.adapters.subprocess.engines import Listener, call, processes_of, running

NOOP = load_manifest(Path(__file__).parents[3] / "src" / "jobmill_engines" / "noop" / "engine.toml")


async def pid_of(runner: SubprocessRunner, manifest: Manifest, tmp_path: Path) -> int:
    outcome = await runner.run(call(manifest, tmp_path), Listener())
    assert isinstance(outcome, Done), outcome
    return int(outcome.document["pid"])


def test_the_noop_engine_tells_what_it_was_given(runner: MakeRunner, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("four")
    given = EngineInput("in", file, "text/plain", "mine.txt")

    async def run() -> Outcome:
        async with runner() as made:
            return await made.run(
                call(
                    NOOP, tmp_path, parameters={"echo": [1, None], "write": True}, inputs=(given,)
                ),
                Listener(),
            )

    outcome = asyncio.run(run())
    assert isinstance(outcome, Done)
    facts = {"port": "in", "name": "mine.txt", "media_type": "text/plain", "size": 4}
    began = outcome.document["began_at"]
    assert outcome.document == {"echo": [1, None], "began_at": began, "inputs": [facts]}
    (output,) = outcome.outputs
    assert (output.port, output.media_type) == ("out", "application/json")
    assert json.loads(output.path.read_bytes()) == outcome.document


def test_what_an_engine_reports_arrives_in_order(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    task.log("begun", "debug")
    for second in range(101):
        task.progress(second, 100, "s", feature="BLACK")
    task.warn("no_audio", "There is no audio.", feature="AUDIO")
    """
    manifest = running(tmp_path / "engine", body)
    listener = Listener()

    async def run() -> Outcome:
        async with runner() as made:
            return await made.run(call(manifest, tmp_path), listener)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Done)
    assert outcome.warnings == (EngineWarning("no_audio", "There is no audio.", "AUDIO"),)
    assert listener.starts == 1
    assert listener.lines == [("debug", "begun")]
    assert listener.reports[0] == Progress("BLACK", 0, 100, "s")
    assert listener.reports[-1] == Progress("BLACK", 100, 100, "s")
    assert len(listener.reports) < 20


def test_a_sound_host_works_again_and_a_failed_one_never(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = """
    if task.parameters.get("reject"): raise InputRejected("odd", "odd")
    if task.parameters.get("fail"): raise ValueError
    """
    manifest = running(tmp_path / "engine", body)

    async def run() -> None:
        async with runner() as made:
            first = await pid_of(made, manifest, tmp_path)
            rejected = call(manifest, tmp_path, parameters={"reject": True})
            assert isinstance(await made.run(rejected, Listener()), Failed)
            assert await pid_of(made, manifest, tmp_path) == first
            (warm,) = records_of(tmp_path)
            failed = call(manifest, tmp_path, parameters={"fail": True})
            assert isinstance(await made.run(failed, Listener()), Failed)
            assert records_of(tmp_path) == []
            await pid_of(made, manifest, tmp_path)
            assert warm not in records_of(tmp_path)

    asyncio.run(run())


def records_of(tmp_path: Path) -> list[str]:
    return [file.name for file in (tmp_path / "records").iterdir()]


def test_each_attempt_works_in_its_own_folder(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    import tempfile
    assert os.getcwd() == str(task.workdir), os.getcwd()
    with tempfile.NamedTemporaryFile(delete=False) as file:
        assert file.name.startswith(str(task.workdir)), file.name
    """
    manifest = running(tmp_path / "engine", body)

    async def run() -> None:
        async with runner() as made:
            assert await pid_of(made, manifest, tmp_path) == await pid_of(made, manifest, tmp_path)

    asyncio.run(run())


def test_concurrency_is_the_most_processes_at_once(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    mine = os.path.join(HOME, f"busy-{task.attempt}")
    open(mine, "w").close()
    time.sleep(0.05)
    count = len([name for name in os.listdir(HOME) if name.startswith("busy-")])
    os.unlink(mine)
    assert count <= 2, count
    """
    manifest = running(tmp_path / "engine", body, engine="concurrency = 2")

    async def run() -> list[Outcome]:
        async with runner() as made:
            calls = [call(manifest, tmp_path) for _ in range(8)]
            ends = await asyncio.gather(*(made.run(each, Listener()) for each in calls))
            assert len(records_of(tmp_path)) == 2
            return ends

    assert all(isinstance(outcome, Done) for outcome in asyncio.run(run()))


def test_an_idle_host_is_retired(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", "pass")

    async def run() -> None:
        async with runner(idle_seconds=0.1) as made:
            await pid_of(made, manifest, tmp_path)
            async with asyncio.timeout(10):
                while processes_of(manifest) or records_of(tmp_path):
                    await asyncio.sleep(0.02)

    asyncio.run(run())


def test_a_host_that_died_while_idle_costs_no_attempt(runner: MakeRunner, tmp_path: Path) -> None:
    body = "import threading; threading.Timer(0.05, os._exit, [7]).start()"
    manifest = running(tmp_path / "engine", body)

    async def run() -> None:
        async with runner() as made:
            await pid_of(made, manifest, tmp_path)
            async with asyncio.timeout(10):
                while processes_of(manifest):
                    await asyncio.sleep(0.01)
            assert isinstance(await made.run(call(manifest, tmp_path), Listener()), Done)

    asyncio.run(run())


def test_a_changed_manifest_gets_a_new_process(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", "pass")
    file = manifest.path / "engine.toml"

    async def run() -> None:
        async with runner() as made:
            await pid_of(made, manifest, tmp_path)
            before = records_of(tmp_path)
            file.write_text(file.read_text().replace('version = "1"', 'version = "2"'))
            await pid_of(made, load_manifest(file), tmp_path)
            assert set(records_of(tmp_path)) - set(before)

    asyncio.run(run())


def test_secrets_of_the_server_do_not_reach_an_engine(
    runner: MakeRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    manifest = running(tmp_path / "engine", "assert 'AWS_SECRET_ACCESS_KEY' not in os.environ")

    async def run() -> None:
        async with runner() as made:
            await pid_of(made, manifest, tmp_path)

    asyncio.run(run())


class BrokenStart(Listener):
    """Raises when the engine has started."""

    def started(self) -> None:
        raise ZeroDivisionError


class BrokenLog(Listener):
    """Raises when the engine logs."""

    def log(self, level: str, text: str) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize("broken", [BrokenStart, BrokenLog])
def test_a_listener_that_fails_surprises_its_caller_and_frees_the_process(
    runner: MakeRunner, tmp_path: Path, broken: type[Listener]
) -> None:
    manifest = running(tmp_path / "engine", "print('here'); time.sleep(30)")

    async def run() -> None:
        async with runner() as made:
            with pytest.raises(ZeroDivisionError):
                await made.run(call(manifest, tmp_path), broken())
            assert processes_of(manifest) == []

    asyncio.run(run())


def test_closing_ends_running_attempts_as_the_platforms_doing(tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", "time.sleep(30)")

    class Closing(Listener):
        def started(self) -> None:
            begun.set()

    async def run() -> Outcome:
        made = SubprocessRunner(tmp_path / "records")
        attempt = asyncio.ensure_future(made.run(call(manifest, tmp_path), Closing()))
        await begun.wait()
        await made.close()
        assert processes_of(manifest) == []
        return await attempt

    begun = asyncio.Event()
    outcome = asyncio.run(run())
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("platform", "server_stopping")
