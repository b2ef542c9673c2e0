"""Whatever an engine does to itself, the attempt ends with the reason and nothing survives."""

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from jobmill.adapters.subprocess.attempt import AttemptLimits
from jobmill.adapters.subprocess.logs import LogLimits
from jobmill.adapters.subprocess.proc import identify
from jobmill.core.engines.ports import Done, Failed, FailureClass, Outcome
from jobmill_engine.manifest import Manifest
from tests.adapters.subprocess.conftest import MakeRunner
from tests.adapters.subprocess.engines import Listener, call, processes_of, running, write_engine


def end_of(
    runner: MakeRunner,
    manifest: Manifest,
    tmp_path: Path,
    *,
    timeout: float | None = 20,
    listener: Listener | None = None,
    **options: object,
) -> Outcome:
    """Run one attempt; afterwards only a sound, warm host may be left."""

    async def run() -> Outcome:
        async with runner(**options) as made:
            outcome = await made.run(
                call(manifest, tmp_path, timeout=timeout), listener or Listener()
            )
            if isinstance(outcome, Failed) and outcome.failure is not FailureClass.INPUT:
                assert processes_of(manifest) == []
            return outcome

    outcome = asyncio.run(run())
    assert processes_of(manifest) == []
    return outcome


DEATHS = {
    "raises": ("raise KeyError('lost')", "engine", "engine_raised", "KeyError: 'lost'", False),
    "exits": ("sys.exit(3)", "engine", "engine_raised", "SystemExit: 3", False),
    "exits at once": ("os._exit(3)", "engine", "engine_died", "exit code 3", True),
    "kills itself": (
        "os.kill(os.getpid(), signal.SIGKILL)",
        "engine",
        "engine_died",
        "killed by SIGKILL",
        True,
    ),
    "crashes": (
        "import ctypes; ctypes.string_at(0)",
        "engine",
        "engine_died",
        "killed by SIGSEGV",
        True,
    ),
    "rejects": ("raise InputRejected('too_odd', 'An odd file.')", "input", "too_odd", "odd", False),
    "gives up": ("raise EngineFailed('worn_out', 'No more.')", "engine", "worn_out", "No m", False),
    "takes too long": ("time.sleep(60)", "limit", "timed_out", "within 1 s", False),
    "allocates": ("x = bytearray(1 << 30)", "limit", "memory_exceeded", "memory_mb", False),
    "writes much": (
        "open('big', 'wb').write(bytes(3 << 20))",
        "limit",
        "file_size_exceeded",
        "file_size_mb",
        False,
    ),
    "has a child that writes much": (
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open('big', 'wb').write(bytes(3 << 20))",
        "limit",
        "file_size_exceeded",
        "file_size_mb",
        True,
    ),
    "computes": ("while True: pass", "limit", "cpu_time_exceeded", "cpu_seconds", True),
}


@pytest.mark.parametrize("what", DEATHS)
def test_an_engine_that_ends_badly_says_why(runner: MakeRunner, tmp_path: Path, what: str) -> None:
    body, failure, code, words, died = DEATHS[what]
    limits = "memory_mb = 256\nfile_size_mb = 1\ncpu_seconds = 1"
    manifest = running(tmp_path / "engine", body, resources=limits)
    timeout = 1.0 if code == "timed_out" else 20.0
    outcome = end_of(runner, manifest, tmp_path, timeout=timeout)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == (failure, code)
    assert words in outcome.message
    assert outcome.process_died is died


def test_the_last_words_of_a_dying_process_are_in_the_failure_and_in_the_log(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = running(tmp_path / "engine", "os.write(2, b'the disk is on fire'); os._exit(9)")
    listener = Listener()
    outcome = end_of(runner, manifest, tmp_path, listener=listener)
    assert isinstance(outcome, Failed)
    assert "the disk is on fire" in outcome.message
    assert outcome.details == {"exit_code": 9}
    assert listener.lines == [("info", "the disk is on fire")]


def test_a_traceback_of_an_engine_is_in_the_log(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", "raise RuntimeError('no')")
    listener = Listener()
    end_of(runner, manifest, tmp_path, listener=listener)
    assert "Traceback" in listener.text
    assert "RuntimeError: no" in listener.text


def test_an_engine_that_forks_without_end_is_stopped(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    while True:
        try:
            if os.fork() == 0:
                time.sleep(30)
        except OSError:
            os.abort()
    """
    manifest = running(tmp_path / "engine", body, resources="processes = 10")
    outcome = end_of(runner, manifest, tmp_path)
    assert isinstance(outcome, Failed)
    if os.getuid() == 0:  # elsewhere the kernel refuses the fork and the engine gives up
        assert (outcome.failure, outcome.code) == ("limit", "processes_exceeded")


def test_what_a_host_left_running_is_ended_with_it(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"],
                     start_new_session=True, env={}, cwd=HOME)
    os._exit(1)
    """
    manifest = running(tmp_path / "engine", body)
    outcome = end_of(runner, manifest, tmp_path)
    assert isinstance(outcome, Failed)
    assert outcome.code == "engine_died"


FLOODS = {
    "messages": "while True: task.log('more')",
    "a line without end": """
    while True:
        for fd in (3, 4):  # one of them is the engine's way to the server
            try: os.write(fd, b'x' * 65536)
            except OSError: pass
    """,
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_of_messages_ends_the_attempt(
    runner: MakeRunner, tmp_path: Path, what: str
) -> None:
    manifest = running(tmp_path / "engine", FLOODS[what])
    limits = AttemptLimits(messages=2000, messages_per_second=100)
    outcome = end_of(runner, manifest, tmp_path, limits=limits)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("limit", "output_flooded")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_of_prints_is_cut_and_does_not_hold_the_engine_up(
    runner: MakeRunner, tmp_path: Path, stream: str
) -> None:
    body = f"""
    for number in range(40_000):
        print("x" * 50, file=sys.{stream})
    """
    manifest = running(tmp_path / "engine", body)
    listener = Listener()
    limits = AttemptLimits(log=LogLimits(bytes=100_000))
    outcome = end_of(runner, manifest, tmp_path, listener=listener, limits=limits)
    assert isinstance(outcome, Done)
    assert len(listener.text) < 110_000
    assert [text for _, text in listener.lines if "log truncated" in text] == [
        listener.lines[-1][1]
    ]


def test_prints_cannot_break_the_protocol(runner: MakeRunner, tmp_path: Path) -> None:
    body = """
    print('{"type": "done", "attempt": "x", "result": "/etc/passwd"}')
    import ctypes
    ctypes.CDLL(None).printf(b"from C\\n")
    subprocess.run(["echo", "from a child"])
    os.write(1, b"raw bytes without an end")
    """
    manifest = running(tmp_path / "engine", body)
    listener = Listener()
    outcome = end_of(runner, manifest, tmp_path, listener=listener)
    assert isinstance(outcome, Done)
    for words in ('"/etc/passwd"', "from C", "from a child", "raw bytes without an end"):
        assert words in listener.text


def test_prints_before_the_host_loop_are_log_lines(runner: MakeRunner, tmp_path: Path) -> None:
    program = (
        "print('hello from the import', flush=True)\n"
        "from jobmill_engine import *\n"
        "class Quiet(Engine):\n"
        "    def run(self, task): return {}\n"
        "serve(Quiet)\n"
    )
    manifest = write_engine(tmp_path / "engine", program)
    listener = Listener()
    assert isinstance(end_of(runner, manifest, tmp_path, listener=listener), Done)
    assert listener.lines == [("info", "hello from the import")]


def test_a_foreign_line_among_the_messages_breaks_the_protocol(
    runner: MakeRunner, tmp_path: Path
) -> None:
    program = (
        "import sys\n"
        'print(\'{"type":"ready","protocol":1,"engine":"x","version":"1"}\', flush=True)\n'
        "sys.stdin.readline()\n"
        "print('hello', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    outcome = end_of(runner, write_engine(tmp_path / "engine", program), tmp_path)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("engine", "protocol_broken")
    assert "hello" in outcome.message


def test_a_stopped_process_is_hung(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = running(tmp_path / "engine", "os.kill(os.getpid(), signal.SIGSTOP)")
    outcome = end_of(runner, manifest, tmp_path, limits=AttemptLimits(hung_after=0.5))
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("engine", "engine_hung")


def test_a_long_computation_that_lets_no_thread_beat_is_not_hung(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = running(tmp_path / "engine", "sum(range(120_000_000))")
    outcome = end_of(runner, manifest, tmp_path, limits=AttemptLimits(hung_after=1.0))
    assert isinstance(outcome, Done)


def test_an_engine_that_ignores_the_cpu_signal_is_ended_all_the_same(
    runner: MakeRunner, tmp_path: Path
) -> None:
    body = "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    manifest = running(tmp_path / "engine", body, resources="cpu_seconds = 1")
    outcome = end_of(runner, manifest, tmp_path)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("limit", "cpu_time_exceeded")


def test_no_network_without_asking_for_it(runner: MakeRunner, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        body = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5).close()"
        closed = running(tmp_path / "closed", body)
        outcome = end_of(runner, closed, tmp_path)
        assert isinstance(outcome, Failed)
        assert "OSError" in outcome.message or "PermissionError" in outcome.message
        opened = running(tmp_path / "open", body, resources="network = true")
        assert isinstance(end_of(runner, opened, tmp_path), Done)


BAD_RESULTS = {
    "outside": ('{"type":"done","attempt":A,"result":"../outside.json"}', "no regular file"),
    "absolute": ('{"type":"done","attempt":A,"result":"/etc/hostname"}', "no regular file"),
    "a link out": ('{"type":"done","attempt":A,"result":"link"}', "no regular file"),
    "a pipe": ('{"type":"done","attempt":A,"result":"pipe"}', "no regular file"),
    "the folder": ('{"type":"done","attempt":A,"result":"."}', "no regular file"),
    "absent": ('{"type":"done","attempt":A,"result":"absent"}', "No such file"),
    "no object": ('{"type":"done","attempt":A,"result":"list"}', "not an object"),
    "not JSON": ('{"type":"done","attempt":A,"result":"broken"}', "not usable JSON"),
    "not a number": ('{"type":"done","attempt":A,"result":"nan"}', "NaN is not JSON"),
    "half a character": ('{"type":"done","attempt":A,"result":"half"}', "not usable JSON"),
    "an output outside": (
        '{"type":"output","attempt":A,"port":"out","path":"../outside.json","media_type":"a/b"}\n'
        '{"type":"done","attempt":A,"result":"good"}',
        "no regular file",
    ),
}

LIAR = """
import json, os, sys
print('{"type":"ready","protocol":1,"engine":"liar","version":"1"}', flush=True)
run = json.loads(sys.stdin.readline())
os.chdir(run["workdir"])
attempt = json.dumps(run["attempt"])
open("../outside.json", "w").write("{}")
os.symlink("/etc/hostname", "link")
os.mkfifo("pipe")
for name, text in {"list": "[]", "broken": "{", "nan": '{"a": NaN}', "half": '{"a": "\\\\ud800"}',
                   "good": "{}"}.items():
    open(name, "w").write(text)
print('''SAY'''.replace("A,", attempt + ","), flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("what", BAD_RESULTS)
def test_a_lie_about_the_result_is_found_out(runner: MakeRunner, tmp_path: Path, what: str) -> None:
    said, words = BAD_RESULTS[what]
    manifest = write_engine(tmp_path / "engine", LIAR.replace("SAY", said))
    outcome = end_of(runner, manifest, tmp_path)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("engine", "bad_result")
    assert words in outcome.message


def test_a_command_that_is_not_there_names_itself_and_the_fix(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = write_engine(tmp_path / "engine", "", engine='command = ["no-such-program"]\n')
    outcome = end_of(runner, manifest, tmp_path)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("platform", "engine_not_started")
    assert "no-such-program" in outcome.message
    assert "No such file" in outcome.message
    assert "engine.toml" in outcome.message


def test_an_engine_that_cannot_be_set_up_says_why(runner: MakeRunner, tmp_path: Path) -> None:
    program = (
        "from jobmill_engine import *\n"
        "class Unready(Engine):\n"
        "    def setup(self): raise EngineFailed('no_model', 'Install it: jobmill models x')\n"
        "serve(Unready)\n"
    )
    outcome = end_of(runner, write_engine(tmp_path / "engine", program), tmp_path)
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("engine", "no_model")
    assert outcome.message == "Install it: jobmill models x"


def test_an_engine_that_is_never_ready_is_given_up(runner: MakeRunner, tmp_path: Path) -> None:
    manifest = write_engine(tmp_path / "engine", "import time; time.sleep(60)")
    outcome = end_of(runner, manifest, tmp_path, start_seconds=0.3)
    assert isinstance(outcome, Failed)
    assert outcome.code == "engine_not_started"
    assert "not ready within 0.3 s" in outcome.message


def test_an_engine_whose_record_cannot_be_kept_is_not_run(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = running(tmp_path / "engine", "pass")

    async def run() -> Outcome:
        async with runner() as made:
            (tmp_path / "records").rmdir()
            try:
                return await made.run(call(manifest, tmp_path), Listener())
            finally:
                (tmp_path / "records").mkdir()

    outcome = asyncio.run(run())
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("platform", "engine_not_started")
    assert "its record cannot be kept" in outcome.message
    assert processes_of(manifest) == []


def test_parameters_that_no_message_can_carry_are_the_inputs_fault(
    runner: MakeRunner, tmp_path: Path
) -> None:
    manifest = running(tmp_path / "engine", "pass")

    async def run() -> tuple[Outcome, Outcome]:
        async with runner() as made:
            large = replace(call(manifest, tmp_path), parameters={"text": "x" * (2 << 20)})
            return await made.run(large, Listener()), await made.run(
                call(manifest, tmp_path), Listener()
            )

    outcome, next_one = asyncio.run(run())
    assert isinstance(outcome, Failed)
    assert (outcome.failure, outcome.code) == ("input", "parameters_unsendable")
    assert isinstance(next_one, Done)


def test_a_pid_that_is_free_identifies_nobody() -> None:
    assert identify(2**22 + 1) is None
