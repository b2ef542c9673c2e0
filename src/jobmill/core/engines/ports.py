"""What the core asks of whatever runs an engine. Knows no process, no file format, no database.

One call is one attempt. Expected ends are values (`Done`, `Failed`); an exception is a surprise.
Cancelling the awaiting asyncio task stops the engine: `run` returns (by raising `CancelledError`)
only when the operating system shows every process of the attempt gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from jobmill_engine.manifest import Manifest


class FailureClass(StrEnum):
    """Whose fault an attempt's failure is; decides whether another attempt can help."""

    ENGINE = "engine"
    INPUT = "input"
    PLATFORM = "platform"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class EngineInput:
    """One file given to the engine; `path` lies in the attempt's private folder.

    `number` and `meta` are those of the part that it is, if it is one. `live`: `path` is a pipe,
    which can be opened and read once.
    """

    port: str
    path: Path
    media_type: str
    name: str
    number: int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    live: bool = False


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """One file the engine wrote in its work folder for an output port.

    `number` is the part's, where the call is live; otherwise the order of the outputs counts.
    """

    port: str
    path: Path
    media_type: str
    number: int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineCall:
    """Everything one attempt needs. `token` is the run token, unique to this start.

    `mode` is whole, stream or chunk; in mode chunk every input with a number is a chunk. `credit`
    bounds what may be written: for a port the first number that may not be yet; a port that it does
    not name has no bound. `resume`: for a port, how many of its parts are kept already. `spool` is
    the folder that the attempts at this work share, where the manifest asks for one.
    """

    token: str
    manifest: Manifest
    features: tuple[str, ...]
    parameters: Mapping[str, Any]
    inputs: tuple[EngineInput, ...]
    workdir: Path
    timeout: float | None = None
    mode: str = "whole"
    credit: Mapping[str, int] | None = None
    resume: Mapping[str, int] = field(default_factory=dict)
    spool: Path | None = None

    @property
    def live(self) -> bool:
        """Whether outputs are told as they come, and not in `Done`."""
        return self.mode != "whole" or self.credit is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """Work done so far, of one feature or (None) of the whole attempt, in `unit`s."""

    feature: str | None
    done: float
    total: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class EngineWarning:
    """Something a user should know; with a feature set, that feature has no result."""

    code: str
    message: str
    feature: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The engine finished: its result document, its files, its warnings."""

    document: Mapping[str, Any]
    outputs: tuple[EngineOutput, ...] = ()
    warnings: tuple[EngineWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed. `process_died`: the engine's process ended without an answer."""

    failure: FailureClass
    code: str
    message: str
    process_died: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


Outcome = Done | Failed


class AttemptControl(Protocol):
    """What can be done to an attempt while it runs; has no effect once it is over."""

    def credit(self, port: str, upto: int) -> None:
        """Let the engine write the parts of this port with numbers below `upto`.

        Only for ports that the call's `credit` names; it never takes back what was given.
        """


class AttemptListener(Protocol):
    """Told what happens while an attempt runs; called on the event loop, must not block."""

    def began(self, control: AttemptControl) -> None:
        """A live call was handed to a process. Comes again if that one died before it started."""

    def started(self) -> None:
        """The engine's process has the task and begins to work."""

    def progress(self, progress: Progress) -> None:
        """The engine reports how far it is."""

    def log(self, level: str, text: str) -> None:
        """One line the engine logged or printed."""

    def output(self, output: EngineOutput) -> None:
        """A part is written; only where the call is live. The file is the listener's to remove."""

    def chunk_done(self, number: int, document: Mapping[str, Any] | None) -> None:
        """The engine is through with this chunk; its outputs were told before. Mode chunk only."""

    def chunk_failed(self, number: int, failed: Failed) -> None:
        """The engine gave this chunk up and goes on with the others. Mode chunk only."""


class EngineRunner(Protocol):
    """Runs attempts in engine processes, kept warm between attempts of the same engine."""

    async def run(self, call: EngineCall, listener: AttemptListener) -> Outcome:
        """Run one attempt to its end."""

    async def close(self) -> None:
        """Stop every engine process; returns when they are gone."""
