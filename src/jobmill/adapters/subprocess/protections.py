"""Which protections around engines this machine really gives: each is tried, none is assumed.

For `jobmill doctor`. Takes about a second; starts processes of its own only.
"""

import json
import os
import resource
import secrets
import select
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jobmill.adapters.subprocess import records
from jobmill.adapters.subprocess.launch import LaunchSettings, engine_environment, shim_command
from jobmill.adapters.subprocess.proc import marked
from jobmill_engine.manifest import Manifest, Resources

PATIENCE = 10.0
_LIMITS = Resources(memory_mb=256, file_size_mb=1, processes=12)

_TRY_LIMITS = """
import json, os, socket, sys, tempfile
def refused(attempt):
    try: attempt()
    except (OSError, MemoryError) as error:
        return ": ".join(filter(None, (type(error).__name__, str(error))))
def connect(): socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2).close()
def write():
    with tempfile.TemporaryFile() as file: file.write(bytes(2 << 20))
print(json.dumps({"network": refused(connect), "memory": refused(lambda: bytearray(512 << 20)),
                  "file_size": refused(write)}), flush=True)
"""
_TRY_FORKS = """
import os, time
try:
    for _ in range(40):
        if os.fork() == 0: time.sleep(5); os._exit(0)
    time.sleep(5)
except OSError: print("refused", flush=True)
"""
_TRY_CPU = "while True: pass"
_TRY_STAY = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0: os.setsid()
print("here", flush=True)
time.sleep(60)
"""


@dataclass(frozen=True, slots=True)
class Protection:
    """One protection: whether it is in force here, what was seen, and what would bring it."""

    name: str
    in_force: bool
    detail: str
    fix: str


def probe(settings: LaunchSettings | None = None) -> tuple[Protection, ...]:
    """Try each protection once on real processes."""
    settings = settings or LaunchSettings()
    isolate, why_not = _try_namespaces(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        limits = _Trial(settings, _TRY_LIMITS, port, isolate=isolate)
        forks = _Trial(settings, _TRY_FORKS, isolate=isolate)
        burns = _Trial(settings, _TRY_CPU, isolate=isolate)
        burns.limit_cpu(1)
        stays = _Trial(settings, _TRY_STAY, isolate=isolate)
        seen = _seen(limits.wait())
        return (
            _namespaces(isolate, why_not),
            _dies_with_server(stays),
            _refused("no network", seen["network"], "allow user namespaces (see above)"),
            _refused("memory limit", seen["memory"], "the kernel must support RLIMIT_AS"),
            _refused("file size limit", seen["file_size"], "the kernel must support RLIMIT_FSIZE"),
            _process_limit(forks),
            _cpu_limit(burns),
        )


class _Trial:
    """One program under the shim, as an engine would be."""

    def __init__(self, settings: LaunchSettings, program: str, *words: str, isolate: bool) -> None:
        manifest = Manifest(
            id="probe",
            name="Probe",
            category="utility",
            version="1",
            license="Apache-2.0",
            command=("{python}", "-I", "-S", "-c", program, *words),
            path=Path("/"),
            resources=_LIMITS,
        )
        self.mark = secrets.token_hex(12)
        self.said: list[str] = []
        lifeline_end, self._lifeline = os.pipe()
        self._status, status_end = os.pipe()
        self._shim = subprocess.Popen(
            shim_command(manifest, settings, lifeline_end, status_end, isolate=isolate),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=engine_environment(manifest, settings, self.mark),
            pass_fds=(lifeline_end, status_end),
            start_new_session=True,
        )
        os.close(lifeline_end)
        os.close(status_end)

    def limit_cpu(self, seconds: int) -> None:
        """Limit the engine's CPU time as an attempt does."""
        while not any(line.startswith("engine ") for line in self.said):
            if not self._hear(PATIENCE):
                return
        pid = next(int(line.split()[1]) for line in self.said if line.startswith("engine "))
        with suppress(ProcessLookupError):
            hard = resource.prlimit(pid, resource.RLIMIT_CPU)[1]
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, hard))

    def first_line(self) -> str:
        """Wait for the program's first line."""
        stdout = self._shim.stdout
        if stdout is None or not select.select([stdout], [], [], PATIENCE)[0]:
            return ""
        return stdout.readline().decode("utf-8", "replace").strip()

    def wait(self) -> str:
        """Wait for the end; returns what the program printed."""
        deadline = time.monotonic() + PATIENCE
        while self._hear(deadline - time.monotonic()):
            pass
        return self.stop()

    def stop(self) -> str:
        """Cut the lifeline, as a dying server does; returns what the program printed."""
        os.close(self._lifeline)
        deadline = time.monotonic() + PATIENCE
        while self._hear(deadline - time.monotonic()):
            pass
        left = marked(self.mark)
        if left:
            self.said.append(f"left {len(left)}")
            records.kill_all(self.mark, ())
        os.close(self._status)
        return self._shim.communicate()[0].decode("utf-8", "replace")

    def _hear(self, patience: float) -> bool:
        """Take in what the shim says; False at its end."""
        if not select.select([self._status], [], [], max(patience, 0))[0]:
            return False
        data = os.read(self._status, 4096)
        self.said += data.decode().splitlines()
        return bool(data)


def _try_namespaces(settings: LaunchSettings) -> tuple[bool, str]:
    trial = _Trial(settings, "", isolate=True)
    trial.wait()
    refusals = [line for line in trial.said if line.startswith("refused ")]
    return not refusals, "".join(refusals).removeprefix("refused ")


def _namespaces(isolate: bool, why_not: str) -> Protection:
    return Protection(
        "namespaces",
        isolate,
        "engines have their own process ids and network" if isolate else why_not,
        ""
        if isolate
        else "allow unprivileged user namespaces: "
        "sysctl kernel.unprivileged_userns_clone=1 and user.max_user_namespaces>0 "
        "(Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0), or in a container a seccomp "
        "profile that allows unshare and mount",
    )


def _seen(printed: str) -> dict[str, str | None]:
    """What the program reported; an empty report means that nothing was refused."""
    try:
        return dict(json.loads(printed))
    except ValueError:
        return {"network": None, "memory": None, "file_size": None}


def _refused(name: str, refusal: str | None, fix: str) -> Protection:
    if refusal is None:
        return Protection(name, False, "an engine that tried was not stopped", fix)
    return Protection(name, True, f"an engine that tried got {refusal}", "")


def _dies_with_server(trial: _Trial) -> Protection:
    here = trial.first_line() == "here"
    trial.stop()
    stopped = here and not any(line.startswith("left") for line in trial.said)
    return Protection(
        "engines die with the server",
        stopped,
        "an engine that ignored SIGTERM, and its child in another session, were ended"
        if stopped
        else "an engine outlived the end of its lifeline",
        "" if stopped else "allow user namespaces (see above)",
    )


def _process_limit(trial: _Trial) -> Protection:
    printed = trial.wait()
    held = "refused" in printed or "limit processes" in trial.said
    how = "by the kernel" if "refused" in printed else "by the shim"
    return Protection(
        "process limit",
        held,
        f"40 processes with {_LIMITS.processes} allowed were stopped {how}"
        if held
        else "40 processes with fewer allowed went through",
        "" if held else "the kernel must offer /proc/PID/task/TID/children",
    )


def _cpu_limit(trial: _Trial) -> Protection:
    trial.wait()
    held = "exit 24" in trial.said  # SIGXCPU
    return Protection(
        "CPU time limit",
        held,
        "a program that computes for ever was ended after 1 s" if held else "it went on",
        "" if held else "the kernel must support prlimit and RLIMIT_CPU",
    )
