"""Watched folders and the files they took."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Watch:
    """A folder whose new and changed files start jobs; `error` says why it cannot go on now."""

    id: str
    path: str = ""
    pattern: str = "*"
    pipeline: str | None = None
    features: tuple[str, ...] = ()
    settle_seconds: float = 0.0
    paused: bool = False
    error: str | None = None
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that a watch took; `job` is None for one that lay there before."""

    path: str
    size: int = 0
    job: str | None = None
    taken_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
