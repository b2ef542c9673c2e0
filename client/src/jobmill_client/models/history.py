"""What happened to a job and what was found: events, attempts, their logs, results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.jobs import Failure


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about a job; `number` rises and is the place in the stream."""

    number: int
    type: str
    at: datetime | None = None
    task: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a task."""

    id: str
    task: str
    attempt: int = 1
    generation: int = 1
    worker: str = ""
    state: str = ""
    failure: Failure | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that an engine logged or printed."""

    text: str
    number: int = 0
    level: str = "info"
    at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` to `end_ms`, in milliseconds from the start of the file."""

    start_ms: float
    end_ms: float
    label: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which engine said so, run how, on what."""

    engine: str = ""
    version: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    input_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ChunkOf:
    """A chunk in which something was found; times in what was found count from its `start_ms`."""

    number: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What was found: a document of one feature, or (feature None) of a whole task or one chunk."""

    task: str = ""
    feature: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    media: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance = Provenance()
    chunk: ChunkOf | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The document's time spans; none for documents of another shape."""
        from jobmill_client.reading import read

        found = self.document.get("spans")
        return tuple(read(Span, each) for each in found) if isinstance(found, list) else ()
