"""Tasks about texts without a process: a file, what is asked, and what the engine sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobmill_engine import Engine, Task
from jobmill_engine.protocol import InputFile, Message, Output, Run, Warn
from jobmill_engine.testing import run_engine


@dataclass
class Ran:
    """An engine's answer, and what it sent meanwhile."""

    document: dict[str, Any] | None
    sent: list[Message] = field(default_factory=list)
    folder: Path = Path()

    @property
    def warnings(self) -> list[str]:
        return [each.code for each in self.sent if isinstance(each, Warn)]

    def part(self, port: str) -> str:
        """The text of the one part on a port."""
        (found,) = [each for each in self.sent if isinstance(each, Output) and each.port == port]
        return (self.folder / found.path).read_text(encoding="utf-8")

    def objects(self, kind: str = "text") -> list[dict[str, Any]]:
        assert self.document is not None
        return [each for each in self.document.get("objects", ()) if each["type"] == kind]


def task_of(
    folder: Path,
    data: bytes | str,
    media_type: str = "text/plain",
    parameters: Mapping[str, Any] | None = None,
    *,
    chunk: bool = False,
) -> tuple[Task, list[Message]]:
    """A task on one file of this content; `chunk`: on one chunk."""
    path = folder / "given"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    given = InputFile("in", str(path), media_type, "given.txt", 0 if chunk else None, {})
    sent: list[Message] = []
    run = Run("a", (), dict(parameters or {}), (given,), str(folder), "chunk" if chunk else "whole")
    task = Task(run, sent.append)
    return (task.of_chunk(task.chunks()[0]) if chunk else task), sent


def run(
    engine: Engine,
    folder: Path,
    data: bytes | str,
    media_type: str = "text/plain",
    parameters: Mapping[str, Any] | None = None,
    *,
    chunk: bool = False,
) -> Ran:
    """Run the engine on it, in this process."""
    task, sent = task_of(folder, data, media_type, parameters, chunk=chunk)
    found = engine.run(task)
    return Ran(None if found is None else dict(found), sent, folder)


def missing_model(
    engine: Path, folder: Path, text: str, parameters: Mapping[str, Any] | None = None
) -> str:
    """The message of an engine that lacks a model, as the server gets it.

    In a process of its own: libraries that another test has loaded stay loaded in this one.
    """
    file = folder / "a.txt"
    file.write_text(text)
    ran = run_engine(engine, file, parameters=parameters)
    assert ran.failed is not None
    assert (ran.failed.failure, ran.failed.code) == ("platform", "model_missing")
    return ran.failed.message
