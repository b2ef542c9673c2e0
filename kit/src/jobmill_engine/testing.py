"""Conformance for engine authors: does a folder hold an engine that a server can work with?

`assert_conforms` is for tests (of any framework), `exercise` for programs. The engine runs as the
process its manifest says; nothing of a server is needed, and nothing of pytest.
"""

from __future__ import annotations

import json
import mimetypes
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobmill_engine import protocol
from jobmill_engine.manifest import Manifest, ManifestInvalid, load_manifest
from jobmill_engine.process import EngineProcess, Silence

SAMPLES = "samples"
"""The folder beside `engine.toml` whose files are run when no samples are given."""

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
            name = sample.path.name if sample.path else "no file"
            yield f"it runs {name}, twice in one process", lambda s=sample: self._runs_twice(s)  # type: ignore[misc]
        for sample in self._samples[:1]:
            yield "it ends when it is cancelled", lambda s=sample: self._cancels(s)  # type: ignore[misc]
        yield "it rejects what is no input, and goes on", self._rejects

    def _ready(self) -> EngineProcess:
        """A started engine. Raises `Silence` if it is not ready."""
        engine = EngineProcess(self._manifest, self._scratch)
        try:
            message = engine.hear(time.monotonic() + self._timeout, after_prints=True)
            if isinstance(message, protocol.Failed):
                raise Silence(f"it cannot be set up: {message.message}")
            if not isinstance(message, protocol.Ready) or message.protocol != protocol.PROTOCOL:
                raise Silence(f"its first message must be ready, protocol {protocol.PROTOCOL}")
        except BaseException:
            engine.__exit__(None, None, None)
            raise
        return engine

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

    def _runs_twice(self, sample: Sample) -> str:
        with self._ready() as engine:
            return self._run(engine, sample) or self._run(engine, sample)

    def _run(self, engine: EngineProcess, sample: Sample) -> str:
        run = self._start(engine, sample)
        end = self._end(engine, run)
        if isinstance(end, protocol.Failed):
            return f"it failed ({end.failure}, {end.code}): {end.message}"
        return _result_problem(Path(run.workdir), end)

    def _cancels(self, sample: Sample) -> str:
        with self._ready() as engine:
            run = self._start(engine, sample)
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
            run = self._start(engine, Sample(nonsense))
            end = self._end(engine, run)
            if isinstance(end, protocol.Done):
                accepts = "*/*" in self._manifest.media_in
                return "" if accepts else "it took random bytes for an input; reject what is not"
            if end.failure != "input":
                return f"raise InputRejected for a bad input; it failed with: {end.message}"
            if not end.message.strip():
                return "InputRejected needs a message that says what is wrong"
            return self._run(engine, self._samples[0]) if self._samples else ""

    def _start(self, engine: EngineProcess, sample: Sample) -> protocol.Run:
        """Hand work over and wait until it is begun."""
        self._runs += 1
        workdir = self._scratch / f"work-{self._runs}"
        workdir.mkdir()
        run = protocol.Run(
            f"check-{self._runs}",
            sample.features,
            dict(sample.parameters),
            _inputs(sample),
            str(workdir),
        )
        engine.send(run)
        message = engine.hear(time.monotonic() + self._timeout)
        if not isinstance(message, protocol.Started):
            raise Silence(f"it must answer a run with started, not {message.type}")
        return run

    def _end(self, engine: EngineProcess, run: protocol.Run) -> protocol.Done | protocol.Failed:
        deadline = time.monotonic() + self._timeout
        while True:
            message = engine.hear(deadline)
            if isinstance(message, protocol.Output):
                problem = _file_problem(Path(run.workdir), message.path)
                if problem:
                    raise Silence(problem)
            if isinstance(message, protocol.Done | protocol.Failed):
                if message.attempt != run.attempt:
                    raise Silence(f"it ended attempt {message.attempt}, not {run.attempt}")
                return message


def _inputs(sample: Sample) -> tuple[protocol.InputFile, ...]:
    if sample.path is None:
        return ()
    media_type = mimetypes.guess_type(sample.path.name)[0] or "application/octet-stream"
    path = str(sample.path.absolute())
    return (protocol.InputFile(sample.port, path, media_type, sample.path.name),)


def _file_problem(workdir: Path, relative: str) -> str:
    path = (workdir / relative).resolve()
    if path.is_relative_to(workdir.resolve()) and path.is_file():
        return ""
    return f"{relative!r} is no file in the task's work folder"


def _result_problem(workdir: Path, end: protocol.Done) -> str:
    problem = _file_problem(workdir, end.result) if end.result is not None else ""
    if problem:
        return problem
    try:
        document = json.loads(end.document or (workdir / (end.result or "")).read_bytes())
    except ValueError as error:
        return f"its result is not JSON: {error}"
    return "" if isinstance(document, dict) else "its result must be a JSON object"
