"""Records of who may run how much at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.ids import OrganizationNumber, UserNumber, WorkerName

PLATFORM_POOL = "platform"
"""The pool of work that the server does itself. No worker serves it; it needs no slot."""
BULK, EXPORT, INGEST = "bulk", "export", "ingest"
PLATFORM_ENGINES = (BULK, EXPORT, INGEST)
"""What the tasks of that pool name as their engine: each kind is worked off beside the others."""


@dataclass(frozen=True, slots=True)
class Running:
    """A kind of task at work: whose, through which engine, in which pool and batch (0: none)."""

    organization: OrganizationNumber
    engine: str
    pool: str
    batch: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tasks may run at once, of an organization (None: of all together), by an engine
    (None: by all together), in a pool (None: in all together)."""

    id: str
    organization: OrganizationNumber | None
    organization_name: str | None
    engine: str | None
    running: int
    pool: str | None = None

    def covers(self, kind: Running) -> bool:
        """Whether such a task counts."""
        return (
            self.organization in (None, kind.organization)
            and self.engine in (None, kind.engine)
            and self.pool in (None, kind.pool)
        )

    @property
    def words(self) -> str:
        """Whom it holds back."""
        engine = f"the engine {self.engine!r}" if self.engine else ""
        whose = f"the organization {self.organization_name!r}" if self.organization else ""
        where = f"the pool {self.pool!r}" if self.pool else ""
        return " of ".join(each for each in (engine, where, whose) if each) or "the installation"


@dataclass(frozen=True, slots=True)
class Pool:
    """A named class of workers, with what it does now."""

    name: str
    paused: bool
    ready: int
    running: int
    workers: tuple[WorkerName, ...]


@dataclass(frozen=True, slots=True)
class MadePool:
    """A pool that an organization made for its own tasks, and for those it shares it with.

    `name` is unique on the server and stands in tasks; `title` is what people call it. `engines`
    None lets every engine in. The sizes, in MiB, are what one engine may ask for, and `at_once` how
    many tasks may run in it (None: no limit).
    """

    id: str
    name: str
    title: str
    organization: OrganizationNumber
    owner: UserNumber
    created_at: datetime
    updated_at: datetime
    engines: tuple[str, ...] | None = None
    memory_mb: int | None = None
    storage_mb: int | None = None
    at_once: int | None = None
    collaborators: tuple[str, ...] = ()
    paused: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)
