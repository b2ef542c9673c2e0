"""Results turned into files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.jobs import Failure


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file in the archive of an export: of results, or (no `format`) media."""

    name: str
    size: int = 0
    format: str | None = None
    job: str | None = None
    task: str | None = None
    asset: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Export:
    """Results of jobs as an archive; `state` is incomplete, complete or failed."""

    id: str
    number: int = 0
    state: str = "incomplete"
    name: str | None = None
    reason: Failure | None = None
    files: tuple[ExportedFile, ...] = ()
    media: tuple[ExportedFile, ...] = ()
    problems: tuple[str, ...] = ()
    jobs: int | None = None
    asset: str | None = None
    size: int | None = None
    url: str | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
