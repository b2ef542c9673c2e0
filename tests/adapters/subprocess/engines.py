"""Small real engines, written as folders, and what a test needs to run them."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from jobmill.core.engines.ports import (
    AttemptControl,
    EngineCall,
    EngineInput,
    EngineOutput,
    Failed,
    Progress,
)
from jobmill_engine.manifest import Manifest, load_manifest

_numbers = itertools.count(1)

RUN = """
from jobmill_engine import *
import os, signal, subprocess, sys, time

HOME = os.getcwd()

class Tested(Engine):
    def run(self, task):
{body}
        return {{"pid": os.getpid(), "parameters": dict(task.parameters)}}

serve(Tested)
"""


def write_engine(folder: Path, program: str, *, engine: str = "", resources: str = "") -> Manifest:
    """An engine whose `__main__.py` is this program; more lines for its tables."""
    folder.mkdir(parents=True)
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    (folder / "engine.toml").write_text(
        textwrap.dedent(
            """\
            [engine]
            id = "tested"
            name = "Tested"
            category = "utility"
            version = "1"
            license = "Apache-2.0"
            """
        )
        + (engine if "command" in engine else f'command = ["{{python}}", "__main__.py"]\n{engine}')
        + f"\n[engine.resources]\n{resources}\n",
        encoding="utf-8",
    )
    return load_manifest(folder)


def running(folder: Path, body: str, *, engine: str = "", resources: str = "") -> Manifest:
    """An engine whose `run` has this body (and then returns its pid and parameters)."""
    program = RUN.format(body=textwrap.indent(textwrap.dedent(body), " " * 8))
    return write_engine(folder, program, engine=engine, resources=resources)


@dataclass
class Listener:
    """Keeps what an attempt tells."""

    starts: int = 0
    reports: list[Progress] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    controls: list[AttemptControl] = field(default_factory=list)
    outputs: list[EngineOutput] = field(default_factory=list)
    chunks: dict[int, Mapping[str, Any] | None] = field(default_factory=dict)
    failures: dict[int, Failed] = field(default_factory=dict)

    def began(self, control: AttemptControl) -> None:
        self.controls.append(control)

    def started(self) -> None:
        self.starts += 1

    def progress(self, progress: Progress) -> None:
        self.reports.append(progress)

    def log(self, level: str, text: str) -> None:
        self.lines.append((level, text))

    def output(self, output: EngineOutput) -> None:
        self.outputs.append(output)

    def chunk_done(self, number: int, document: Mapping[str, Any] | None) -> None:
        self.chunks[number] = document

    def chunk_failed(self, number: int, failed: Failed) -> None:
        self.failures[number] = failed

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


def call(
    manifest: Manifest,
    folder: Path,
    *,
    timeout: float | None = None,
    parameters: Mapping[str, Any] | None = None,
    inputs: tuple[EngineInput, ...] = (),
) -> EngineCall:
    """A new attempt with a work folder of its own."""
    token = f"token-{next(_numbers)}"
    workdir = folder / "work" / token
    workdir.mkdir(parents=True)
    return EngineCall(token, manifest, (), parameters or {}, inputs, workdir, timeout)


def processes_of(manifest: Manifest) -> list[int]:
    """Pids of every living process that runs from the engine's folder or beside it."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "cwd", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and _is_of(process.info, manifest.path.parent)
    ]


def _is_of(info: Mapping[str, Any], folder: Path) -> bool:
    words = [*(info["cmdline"] or []), info["cwd"] or ""]
    return any(str(folder) in word for word in words)
