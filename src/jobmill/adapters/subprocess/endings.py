"""Why an attempt failed, in words that say what to do. Pure: facts in, `Failed` out."""

import os
import signal
from collections.abc import Sequence

from jobmill.adapters.subprocess.host import Ending
from jobmill.core.engines.ports import Failed, FailureClass
from jobmill_engine.manifest import Manifest

_OUT_OF_MEMORY = ("MemoryError", "std::bad_alloc", "Cannot allocate memory", "out of memory")


def died(manifest: Manifest, ending: Ending, printed: Sequence[str]) -> Failed:
    """The engine's process ended without an answer."""
    limit = _limit_reached(manifest, ending, printed)
    if limit is not None:
        return Failed(FailureClass.LIMIT, *limit, process_died=True, details=_facts(ending))
    tail = "".join(f"\n  {line}" for line in list(printed)[-8:])
    message = f"The process of engine {manifest.id} {_how(ending.status)} during its work."
    if tail:
        message += f" Its last lines:{tail}"
    return Failed(
        FailureClass.ENGINE, "engine_died", message, process_died=True, details=_facts(ending)
    )


def not_started(manifest: Manifest, reason: str, printed: Sequence[str] = ()) -> Failed:
    """The engine's command cannot be run on this machine."""
    tail = "".join(f"\n  {line}" for line in list(printed)[-8:])
    return Failed(
        FailureClass.PLATFORM,
        "engine_not_started",
        f"Engine {manifest.id} could not be started with {' '.join(manifest.command)!r} in "
        f"{manifest.path}: {reason}. Correct `command` in its engine.toml, or install what it "
        f"names; then try `python -m jobmill_engine check {manifest.path}`.{tail}",
    )


def no_answer_at_start(manifest: Manifest, ending: Ending, printed: Sequence[str]) -> Failed:
    """The engine's process ended before it said that it is ready."""
    if ending.not_started is not None:
        return not_started(manifest, ending.not_started)
    if _limit_reached(manifest, ending, printed) is not None:
        return died(manifest, ending, printed)
    return not_started(manifest, f"it {_how(ending.status)} before it was ready", printed)


def cpu_time_exceeded(manifest: Manifest) -> tuple[str, str]:
    seconds = manifest.resources.cpu_seconds
    return (
        "cpu_time_exceeded",
        f"Engine {manifest.id} used more CPU time than the {seconds} s an attempt may "
        "(resources.cpu_seconds).",
    )


def hung(manifest: Manifest, silence: float) -> Failed:
    return Failed(
        FailureClass.ENGINE,
        "engine_hung",
        f"The process of engine {manifest.id} neither computed nor gave a sign of life for "
        f"{silence:g} s; it was killed.",
    )


def flooded(manifest: Manifest, what: str) -> Failed:
    return Failed(
        FailureClass.LIMIT,
        "output_flooded",
        f"Engine {manifest.id} sent {what}; bulk belongs into files, progress is sent by change.",
    )


def broke_protocol(manifest: Manifest, what: str) -> Failed:
    return Failed(
        FailureClass.ENGINE,
        "protocol_broken",
        f"Engine {manifest.id} sent {what}. Its standard output is for messages only; "
        "an engine that uses jobmill_engine.serve keeps that by itself.",
    )


def _limit_reached(
    manifest: Manifest, ending: Ending, printed: Sequence[str]
) -> tuple[str, str] | None:
    resources = manifest.resources
    if ending.too_many_processes:
        return (
            "processes_exceeded",
            f"Engine {manifest.id} started more than {resources.processes} processes "
            "(resources.processes).",
        )
    number = os.WTERMSIG(ending.status) if ending.status is not None else 0
    if number == signal.SIGXCPU:
        return cpu_time_exceeded(manifest)
    if number == signal.SIGXFSZ:
        return (
            "file_size_exceeded",
            f"Engine {manifest.id} wrote a file of more than {resources.file_size_mb} MiB "
            "(resources.file_size_mb).",
        )
    if any(word in line for line in printed for word in _OUT_OF_MEMORY):
        return (
            "memory_exceeded",
            f"Engine {manifest.id} needed more than {resources.memory_mb} MiB of memory "
            "(resources.memory_mb).",
        )
    return None


def _how(status: int | None) -> str:
    if status is None:
        return "was killed together with its shim"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        return f"was killed by {name}"
    return f"ended with exit code {os.waitstatus_to_exitcode(status)}"


def _facts(ending: Ending) -> dict[str, int]:
    if ending.status is None:
        return {}
    code = os.waitstatus_to_exitcode(ending.status)
    return {"signal": -code} if code < 0 else {"exit_code": code}
