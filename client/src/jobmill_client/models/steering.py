"""Batches, bulk actions, pools, limits, and what a search finds."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.jobs import Job


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs created together; `counts` says how many stand where.

    Of a batch of rows `state` is `ingesting` while the job `job` reads them, and then `ready`,
    `partial` or `failed`. Of `total` rows (None: not known yet) `processed` were looked at, and
    `invalid` of these cannot be taken.
    """

    id: str
    number: int
    name: str | None = None
    size: int = 0
    state: str = "ready"
    pipeline: str | None = None
    strict: bool = True
    total: int | None = None
    processed: int = 0
    valid: int = 0
    invalid: int = 0
    error: str | None = None
    job: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    percent: int = 0
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class BatchError:
    """Why the row of this number (from 0) became no job; `field` None: the row itself."""

    row: int
    message: str = ""
    field: str | None = None
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many jobs a filter matched, and the job that acts upon them (None: a dry run)."""

    action: str
    matched: int = 0
    dry_run: bool = False
    job: Job | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Pool:
    """A named class of workers, with how many tasks wait and run in it."""

    name: str
    paused: bool = False
    ready: int = 0
    running: int = 0
    workers: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tasks of an organization, by an engine, may run at once (None: of all together)."""

    id: str
    running: int
    used: int = 0
    organization: str | None = None
    engine: str | None = None
    pool: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Highlight:
    """A piece of text around what was found; `marks` are (start, end) pairs."""

    field: str
    text: str = ""
    marks: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A job that has all the words."""

    id: str
    number: int
    state: str = ""
    name: str | None = None
    type: str = ""
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    highlights: tuple[Highlight, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
