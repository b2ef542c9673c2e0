"""See and change pools and limits. They concern every organization: only an operator may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobmill.core.accounts import AccountStore, Principal, Right
from jobmill.core.accounts.service.first import operates
from jobmill.core.capacity.model import PLATFORM_POOL, Limit, Pool
from jobmill.core.capacity.ports import CapacityStore
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, LimitNotFound, NotAllowed, PoolNotFound


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit, and how much of it is used now."""

    limit: Limit
    used: int


def list_pools(
    capacity: CapacityStore, catalog: EngineCatalog, who: Principal, now: datetime
) -> Sequence[Pool]:
    """Every pool that an engine names, or that something waits in, by name."""
    who.require(Right.ENGINES_READ)
    return _pools(capacity, catalog, now)


def _pools(capacity: CapacityStore, catalog: EngineCatalog, now: datetime) -> list[Pool]:
    found = {each.name: each for each in capacity.pools(now)}
    named = {manifest.pool for manifest in catalog.manifests().values()}
    serving = tuple(sorted({n for each in found.values() for n in each.workers if each.name == ""}))
    pools = named | found.keys() - {"", PLATFORM_POOL}
    every = [found.get(name) or Pool(name, False, 0, 0, ()) for name in sorted(pools)]
    return [replace(each, workers=tuple(sorted({*each.workers, *serving}))) for each in every]


def set_pool(
    capacity: CapacityStore,
    accounts: AccountStore,
    catalog: EngineCatalog,
    who: Principal,
    name: str,
    now: datetime,
    *,
    paused: bool,
) -> Pool:
    """Pause a pool (what runs in it comes to its end), or let it go on."""
    _require_operator(accounts, who, Right.POOLS_WRITE)
    if name not in {each.name for each in _pools(capacity, catalog, now)}:
        raise PoolNotFound(f"There is no pool {name!r}.")
    capacity.set_paused(name, paused=paused)
    return next(each for each in _pools(capacity, catalog, now) if each.name == name)


def list_limits(
    capacity: CapacityStore, accounts: AccountStore, who: Principal
) -> Sequence[LimitUse]:
    """All limits for an operator; for others those that hold their organization back."""
    who.require(Right.ENGINES_READ)
    running = capacity.running()
    everything = operates(accounts, who)
    return [
        LimitUse(limit, sum(n for kind, n in running.items() if limit.covers(kind)))
        for limit in capacity.limits()
        if everything or limit.organization == who.organization
    ]


def set_limit(
    capacity: CapacityStore,
    accounts: AccountStore,
    catalog: EngineCatalog,
    who: Principal,
    organization: str | None,
    engine: str | None,
    running: int,
) -> LimitUse:
    """Say how many tasks of an organization, by an engine, may run at once. It holds at once for
    what starts; what runs already goes on."""
    _require_operator(accounts, who, Right.LIMITS_WRITE)
    whose = None
    if organization is not None:
        whose = capacity.organization_of(organization)
        if whose is None:
            raise InvalidInput(
                f"organization: there is no organization {organization!r}.", field="organization"
            )
    if engine is not None and engine not in catalog.manifests():
        raise InvalidInput(
            f"engine: no engine {engine!r} is installed; see GET /engines.", field="engine"
        )
    limit = capacity.set_limit(whose, engine, running)
    used = sum(n for kind, n in capacity.running().items() if limit.covers(kind))
    return LimitUse(limit, used)


def remove_limit(
    capacity: CapacityStore, accounts: AccountStore, who: Principal, limit: str
) -> None:
    """Hold nobody back by this any more."""
    _require_operator(accounts, who, Right.LIMITS_WRITE)
    if not capacity.remove_limit(limit):
        raise LimitNotFound(f"There is no limit {limit!r}.")


def _require_operator(accounts: AccountStore, who: Principal, right: Right) -> None:
    who.require(right)
    if not operates(accounts, who):
        raise NotAllowed(
            "Only admins of the server's first organization may do that: it concerns all."
        )
