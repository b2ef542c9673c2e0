"""Records of folders that are watched, and of the files seen in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from jobmill.core.ids import OrganizationNumber, UserNumber

WatchNumber = NewType("WatchNumber", int)


@dataclass(frozen=True, slots=True)
class WatchRule:
    """Which files of which folder start what: a pipeline, or features.

    `path` is a folder under a media root, `pattern` a shell pattern for names, or with a `/` for
    the path below the folder. A file counts when it has not changed for `settle_seconds`. With
    `existing`, files that lie there already start jobs too.
    """

    path: str
    pipeline: str | None = None
    features: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    pattern: str = "*"
    recursive: bool = True
    existing: bool = False
    settle_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule in force, on behalf of the user who made it. `error` says why it cannot go on now."""

    number: WatchNumber
    id: str
    organization: OrganizationNumber
    user: UserNumber
    rule: WatchRule
    created_at: datetime
    paused: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What tells one state of a file from another."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A state of a file that was taken, at a path below the folder; `job` is None when skipped."""

    path: str
    facts: FileFacts
    job: str | None
    taken_at: datetime
