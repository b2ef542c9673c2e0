"""Records of who may run how much at once."""

from dataclasses import dataclass

from jobmill.core.ids import OrganizationNumber, WorkerName

PLATFORM_POOL = "platform"
"""The pool of work that the server does itself. No worker serves it; it needs no slot."""
BULK, EXPORT = "bulk", "export"
PLATFORM_ENGINES = (BULK, EXPORT)
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
    (None: by all together)."""

    id: str
    organization: OrganizationNumber | None
    organization_name: str | None
    engine: str | None
    running: int

    def covers(self, kind: Running) -> bool:
        """Whether such a task counts."""
        return self.organization in (None, kind.organization) and self.engine in (None, kind.engine)

    @property
    def words(self) -> str:
        """Whom it holds back."""
        engine = f"the engine {self.engine!r}" if self.engine else ""
        whose = f"the organization {self.organization_name!r}" if self.organization else ""
        return " of ".join(each for each in (engine, whose) if each) or "the installation"


@dataclass(frozen=True, slots=True)
class Pool:
    """A named class of workers, with what it does now."""

    name: str
    paused: bool
    ready: int
    running: int
    workers: tuple[WorkerName, ...]
