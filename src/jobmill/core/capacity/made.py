"""Pools that organizations make for themselves: make, see, change, pause, delete, and use them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.capacity.model import MadePool
from jobmill.core.capacity.ports import CapacityStore
from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import InvalidInput, NotAllowed, PoolInUse, PoolNotFound
from jobmill.core.ids import OrganizationNumber, new_id
from jobmill_engine.manifest import Manifest

USUAL_MEMORY_MB = 2048
TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """What a pool is to be. `engines` None lets every engine in."""

    title: str
    engines: tuple[str, ...] | None = None
    memory_mb: int | None = None
    storage_mb: int | None = None
    collaborators: tuple[str, ...] = ()
    paused: bool = False
    extras: Mapping[str, Any] | None = None


def make_pool(
    capacity: CapacityStore, catalog: EngineCatalog, who: Principal, spec: PoolSpec, now: datetime
) -> MadePool:
    """A pool for the caller's organization. Workers that serve every pool serve it at once."""
    who.require(Right.POOLS_WRITE)
    pool = MadePool(
        id=new_id(),
        name=_free_name(capacity, catalog, _title(spec.title)),
        title=_title(spec.title),
        organization=who.organization,
        owner=who.user,
        created_at=now,
        updated_at=now,
        paused=spec.paused,
    )
    pool = _with(pool, spec, now)
    capacity.add_pool(pool)
    _limit(capacity, pool)
    return pool


def change_pool(
    capacity: CapacityStore,
    who: Principal,
    pool_id: str,
    spec: PoolSpec,
    now: datetime,
) -> MadePool:
    """Write what a pool is to be from now on; what runs in it comes to its end."""
    pool = _with(owned_pool(capacity, who, pool_id), spec, now)
    capacity.save_pool(pool)
    _limit(capacity, pool)
    return pool


def remove_pool(capacity: CapacityStore, who: Principal, pool_id: str) -> MadePool:
    """Delete a pool. Raises PoolInUse while jobs are in it."""
    pool = owned_pool(capacity, who, pool_id)
    if count := capacity.pool_in_use(pool.name):
        raise PoolInUse(
            f"{count} tasks of jobs that have not ended are in the pool {pool.title!r}; cancel "
            "them or wait for their end."
        )
    capacity.remove_pool(pool.name)
    return pool


def my_pools(capacity: CapacityStore, who: Principal) -> Sequence[MadePool]:
    """The pools that the caller's organization made, and those shared with it, newest first."""
    who.require(Right.ENGINES_READ)
    return capacity.made_pools(who.organization)


def visible_pool(capacity: CapacityStore, who: Principal, pool_id: str) -> MadePool:
    """A pool that the caller may use. Raises PoolNotFound."""
    who.require(Right.ENGINES_READ)
    pool = capacity.made_pool(pool_id)
    if pool is None or not may_use(pool, who.organization):
        raise PoolNotFound(f"There is no pool {pool_id!r}.")
    return pool


def owned_pool(capacity: CapacityStore, who: Principal, pool_id: str) -> MadePool:
    """A pool that the caller may change. Raises PoolNotFound, NotAllowed."""
    who.require(Right.POOLS_WRITE)
    pool = visible_pool(capacity, who, pool_id)
    if not owns(who, pool.organization, pool.owner):
        raise NotAllowed("Only the pool's owner and admins of the organization may do that.")
    return pool


def may_use(pool: MadePool, organization: OrganizationNumber) -> bool:
    """Whether tasks of this organization may run in it."""
    return pool.organization == organization or str(organization) in pool.collaborators


def check_pools(
    capacity: CapacityStore, who: Principal, wanted: Iterable[tuple[str, Manifest]]
) -> None:
    """Raise InvalidInput unless each engine may run in its pool; one that nobody made takes all."""
    found: dict[str, MadePool | None] = {}
    for name, manifest in wanted:
        if name == manifest.pool:
            continue
        if name not in found:
            found[name] = capacity.pool_named(name)
        pool = found[name]
        if pool is None:
            continue
        if not may_use(pool, who.organization):
            raise InvalidInput(f"pool: there is no pool {name!r}.", field="pool")
        _check_engine(pool, manifest)


def _check_engine(pool: MadePool, manifest: Manifest) -> None:
    if pool.engines is not None and manifest.id not in pool.engines:
        raise InvalidInput(
            f"pool: {pool.title!r} does not let the engine {manifest.id!r} in; it takes "
            f"{', '.join(pool.engines) or 'none'}.",
            field="pool",
        )
    if pool.memory_mb is not None and manifest.resources.memory_mb > pool.memory_mb:
        raise InvalidInput(
            f"pool: the engine {manifest.id!r} asks for {manifest.resources.memory_mb} MiB of "
            f"memory, and {pool.title!r} has {pool.memory_mb} MiB.",
            field="pool",
        )


def _with(pool: MadePool, spec: PoolSpec, now: datetime) -> MadePool:
    at_once = None if spec.memory_mb is None else max(1, spec.memory_mb // USUAL_MEMORY_MB)
    return replace(
        pool,
        title=_title(spec.title),
        engines=spec.engines,
        memory_mb=spec.memory_mb,
        storage_mb=spec.storage_mb,
        at_once=at_once,
        collaborators=spec.collaborators,
        paused=spec.paused,
        extras=pool.extras if spec.extras is None else spec.extras,
        updated_at=now,
    )


def _limit(capacity: CapacityStore, pool: MadePool) -> None:
    """The memory of a pool, as a limit: so many engines of the usual size at once."""
    for limit in capacity.limits():
        if limit.pool == pool.name and pool.at_once is None:
            capacity.remove_limit(limit.id)
    if pool.at_once is not None:
        capacity.set_limit(None, None, pool.at_once, pool.name)


def _title(given: str) -> str:
    title = given.strip()
    if not title or len(title) > TITLE_LIMIT or not title.isprintable():
        raise InvalidInput(f"name: give 1 to {TITLE_LIMIT} printable characters.", field="name")
    return title


def _free_name(capacity: CapacityStore, catalog: EngineCatalog, title: str) -> str:
    """A name for workers to serve, made of the title, that no other pool has."""
    bare = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-") or "pool"
    taken = {each.pool for each in catalog.manifests().values()} | capacity.paused()
    name, count = bare, 1
    while name in taken or capacity.pool_named(name) is not None:
        count += 1
        name = f"{bare}-{count}"
    return name
