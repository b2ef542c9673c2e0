"""Conformance for engine authors: does a folder hold an engine that a server can work with?

`assert_conforms` is for tests (of any framework), `exercise` for programs; `run_engine` runs it
once, in any mode, and answers what it made. The engine runs as the process its manifest says;
nothing of a server is needed, and nothing of pytest.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest, ManifestInvalid, load_manifest
from jobmill_engine.process import EngineProcess, Silence
from jobmill_engine.runs import (
    Chunk,
    Course,
    Made,
    Ran,
    file_input,
    first_credit,
    own_spool,
    piped,
    run_engine,
)

__all__ = [
    "Check",
    "Chunk",
    "Made",
    "Ran",
    "Sample",
    "Silence",
    "assert_conforms",
    "exercise",
    "run_engine",
]

SAMPLES = "samples"
"""The folder beside `engine.toml` whose files are run when no samples are given."""

LEAD = 1
"""Parts that an engine in mode stream may be ahead."""

CHUNK_NUMBERS = (3, 4, 6)
"""The numbers under which a sample is given as chunks: a batch may begin and jump anywhere."""

END_WITHIN = 5.0
"""Seconds in which an engine must end after a cancel, a shutdown, or the end of its input."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run to try: a file (or none) and what to ask of the engine."""

    path: Path | None = None
    features: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    port: str = "in"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `problem` is empty when it holds, else says what to do."""

    name: str
    problem: str = ""


def assert_conforms(
    folder: Path | str, samples: Sequence[Sample] | None = None, *, timeout: float = 60.0
) -> None:
    """Raise `AssertionError` with every problem of the engine in `folder`; see `exercise`."""
    wrong = [check for check in exercise(folder, samples, timeout=timeout) if check.problem]
    if wrong:
        raise AssertionError("\n".join(f"{check.name}: {check.problem}" for check in wrong))


def exercise(
    folder: Path | str, samples: Sequence[Sample] | None = None, *, timeout: float = 60.0
) -> list[Check]:
    """Check an engine from outside. Without `samples`, the files in its `samples/` are run.

    `timeout` is for one start or one run, in seconds. Never raises for what the engine does.
    """
    try:
        manifest = load_manifest(Path(folder))
    except ManifestInvalid as error:
        return [Check("the manifest is valid", str(error))]
    checks = [Check("the manifest is valid")]
    with tempfile.TemporaryDirectory(prefix="jobmill-check-") as scratch:
        trial = _Trial(manifest, _samples(manifest, samples), Path(scratch), timeout)
        for name, check in trial.checks():
            try:
                checks.append(Check(name, check()))
            except Silence as error:
                checks.append(Check(name, str(error)))
            except OSError as error:
                checks.append(Check(name, f"{' '.join(manifest.command)} cannot run: {error}"))
            if len(checks) == 2 and checks[1].problem:
                break  # what does not start cannot be checked any further
    return checks


def _samples(manifest: Manifest, given: Sequence[Sample] | None) -> list[Sample]:
    if given is not None:
        return list(given)
    folder = manifest.path / SAMPLES
    files = sorted(file for file in folder.iterdir()) if folder.is_dir() else []
    features = tuple(feature.name for feature in manifest.features)
    return [Sample(file, features) for file in files if file.is_file()]


class _Trial:
    """The checks on one engine; each answers with its problem, or nothing."""

    def __init__(
        self, manifest: Manifest, samples: list[Sample], scratch: Path, timeout: float
    ) -> None:
        self._manifest = manifest
        self._samples = samples
        self._scratch = scratch
        self._timeout = timeout
        self._runs = 0

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "it starts and says that it is ready", self._starts
        yield "it leaves on a shutdown", lambda: self._leaves(shut_down=True)
        yield "it leaves when the server is gone", lambda: self._leaves(shut_down=False)
        yield "it has samples to run", self._has_samples
        for sample in self._samples:
            yield from self._checks_of(sample)
        for sample in self._samples[:1]:
            yield "it ends when it is cancelled", lambda s=sample: self._cancels(s)  # type: ignore[misc]
        yield "it rejects what is no input, and goes on", self._rejects

    def _checks_of(self, sample: Sample) -> Iterator[tuple[str, Callable[[], str]]]:
        name = sample.path.name if sample.path else "no file"
        modes = self._manifest.modes
        if "whole" in modes:
            yield f"it runs {name}, twice in one process", lambda: self._runs_twice(sample, "whole")
        if "stream" in modes and sample.path is not None:
            yield f"it runs {name} as a stream", lambda: self._runs_twice(sample, "stream")
        if "chunk" in modes and sample.path is not None:
            yield f"it runs {name} as chunks", lambda: self._runs_twice(sample, "chunk")

    @contextmanager
    def _ready(self) -> Iterator[EngineProcess]:
        """A started engine. Raises `Silence` if it is not ready."""
        with EngineProcess(self._manifest, self._scratch) as engine:
            engine.await_ready(self._deadline())
            yield engine

    def _deadline(self) -> float:
        return time.monotonic() + self._timeout

    def _starts(self) -> str:
        with self._ready():
            return ""

    def _leaves(self, *, shut_down: bool) -> str:
        with self._ready() as engine:
            if shut_down:
                engine.send(protocol.Shutdown())
            else:
                engine.end_input()
            left = engine.exited_within(END_WITHIN)
        return "" if left else f"it was still there after {END_WITHIN:g} s"

    def _has_samples(self) -> str:
        if self._samples:
            return ""
        return f"put a small input file into {self._manifest.path / SAMPLES}, or name one"

    def _runs_twice(self, sample: Sample, mode: str) -> str:
        with self._ready() as engine:
            return self._run(engine, sample, mode) or self._run(engine, sample, mode)

    def _run(self, engine: EngineProcess, sample: Sample, mode: str) -> str:
        with self._begun(engine, sample, mode) as (course, _):
            ran = course.finish(self._deadline())
        if (failed := ran.failed or next(iter(ran.failures.values()), None)) is not None:
            return f"it failed ({failed.failure}, {failed.code}): {failed.message}"
        return ""

    def _cancels(self, sample: Sample) -> str:
        with self._ready() as engine, self._begun(engine, sample) as (_, run):
            began = time.monotonic()
            engine.send(protocol.Cancel(run.attempt))
            engine.terminate()
            while time.monotonic() < began + END_WITHIN:
                try:
                    message = engine.hear(began + END_WITHIN)
                except Silence:
                    break  # it died of the signal, which is as good
                if isinstance(message, protocol.Done | protocol.Failed):
                    break
            slow = time.monotonic() - began >= END_WITHIN
        return f"it took longer than {END_WITHIN:g} s; call task.check_cancelled()" if slow else ""

    def _rejects(self) -> str:
        nonsense = self._scratch / "nonsense.bin"
        nonsense.write_bytes(bytes(range(256)) * 64)
        with self._ready() as engine:
            with self._begun(engine, Sample(nonsense)) as (course, _):
                ran = course.finish(self._deadline())
            failed = ran.failed or next(iter(ran.failures.values()), None)
            if failed is None:
                accepts = "*/*" in self._manifest.media_in
                return "" if accepts else "it took random bytes for an input; reject what is not"
            if failed.failure != "input":
                return f"raise InputRejected for a bad input; it failed with: {failed.message}"
            if not failed.message.strip():
                return "InputRejected needs a message that says what is wrong"
            mode = self._manifest.modes[0]
            return self._run(engine, self._samples[0], mode) if self._samples else ""

    @contextmanager
    def _begun(
        self, engine: EngineProcess, sample: Sample, mode: str = ""
    ) -> Iterator[tuple[Course, protocol.Run]]:
        """Work that is handed over and begun, in the engine's first mode unless one is named."""
        self._runs += 1
        workdir = self._scratch / f"work-{self._runs}"
        workdir.mkdir()
        spool = own_spool(self._manifest, self._scratch / f"spool-{self._runs}")
        mode = mode or self._manifest.modes[0]
        with self._inputs(sample, mode) as inputs:
            run = protocol.Run(
                f"check-{self._runs}",
                sample.features,
                dict(sample.parameters),
                inputs,
                str(workdir),
                mode=None if mode == "whole" else mode,
                credit=first_credit(self._manifest, LEAD) if mode == "stream" else None,
                spool=None if mode == "chunk" else spool,
            )
            course = Course(engine, self._manifest, run, LEAD)
            course.await_start(self._deadline())
            yield course, run

    @contextmanager
    def _inputs(self, sample: Sample, mode: str) -> Iterator[tuple[protocol.InputFile, ...]]:
        if sample.path is None:
            yield ()
        elif mode == "stream":
            data = sample.path.read_bytes()
            with piped(self._scratch, sample.path.name, data, sample.port) as pipe:
                yield (pipe,)
        elif mode == "chunk":
            file = file_input(sample.path, sample.port)
            yield tuple(
                replace(file, number=number, meta={"start_ms": 1000 * number})
                for number in CHUNK_NUMBERS
            )
        else:
            yield (file_input(sample.path, sample.port),)
