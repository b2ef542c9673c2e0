"""Where limits and paused pools are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jobmill.core.capacity.model import Limit, MadePool, Pool, Running
from jobmill.core.ids import OrganizationNumber


class CapacityStore(Protocol):
    """Limits, paused pools, and how busy the floor is."""

    def limits(self) -> Sequence[Limit]:
        """All limits, oldest first."""

    def set_limit(
        self,
        organization: OrganizationNumber | None,
        engine: str | None,
        running: int,
        pool: str | None = None,
    ) -> Limit:
        """Make the limit of this organization, engine and pool (None: of all), or change it."""

    def remove_limit(self, limit: str) -> bool:
        """Delete a limit by its id; False when there is none."""

    def organization_of(self, name: str) -> OrganizationNumber | None:
        """An organization by its id or name."""

    def paused(self) -> frozenset[str]:
        """Names of the pools that are paused."""

    def set_paused(self, pool: str, *, paused: bool) -> None:
        """Pause a pool, or let it go on."""

    def add_pool(self, pool: MadePool) -> None:
        """Keep a pool that was made."""

    def save_pool(self, pool: MadePool) -> None:
        """Write what may change of it."""

    def remove_pool(self, name: str) -> None:
        """Forget it, with its limits."""

    def made_pools(self, organization: OrganizationNumber | None = None) -> Sequence[MadePool]:
        """The pools that this organization (None: any) made or may use, newest first."""

    def made_pool(self, id: str) -> MadePool | None:  # noqa: A002
        """The pool of this id."""

    def pool_named(self, name: str) -> MadePool | None:
        """The pool of this name, if it was made by somebody."""

    def pool_in_use(self, name: str) -> int:
        """How many tasks that have not ended are in it."""

    def pools(self, now: datetime) -> Sequence[Pool]:
        """The pools that are paused, that something waits or runs in, or that a worker names."""

    def running(self) -> Mapping[Running, int]:
        """How many tasks of each kind are at work."""
