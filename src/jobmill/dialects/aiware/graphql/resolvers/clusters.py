"""Clusters: the pools that organizations make. Jobs run in one when they name it."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.capacity import MadePool
from jobmill.core.capacity.made import (
    change_pool,
    make_pool,
    my_pools,
    owned_pool,
    remove_pool,
)
from jobmill.core.ids import OrganizationNumber
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import page_jobs
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named
from jobmill.dialects.aiware.graphql.paging import called, checked, cut, page_of
from jobmill.dialects.aiware.mapping.clusters import (
    MIB,
    allowed_engines,
    cluster_id,
    kept_of,
    pool_id,
    spec_from,
    status_of,
)
from jobmill.dialects.aiware.mapping.jobs import SeenTask, shown_tasks


async def create_cluster(call: Call, input: Mapping[str, Any]) -> MadePool:  # noqa: A002
    """Make a pool; a job may name it at once."""
    who, catalog = call.who, call.catalog
    spec = spec_from(input, catalog.manifests())
    return await call.house.database.write(
        lambda work: make_pool(work.capacity, catalog, who, spec, call.now)
    )


async def update_cluster(call: Call, input: Mapping[str, Any]) -> MadePool:  # noqa: A002
    """Change a pool; what the input leaves out stays."""
    return await _changed(call, input)


async def pause_cluster(call: Call, input: Mapping[str, Any]) -> MadePool:  # noqa: A002
    """Start nothing new in a pool."""
    return await _changed(call, {"id": input["id"], "paused": True})


async def unpause_cluster(call: Call, input: Mapping[str, Any]) -> MadePool:  # noqa: A002
    """Let a pool go on."""
    return await _changed(call, {"id": input["id"], "paused": False})


async def delete_cluster(call: Call, id: str) -> dict[str, str]:  # noqa: A002
    """Forget a pool in which nothing waits or runs."""
    who = call.who

    def remove(work: UnitOfWork) -> None:
        cluster_named(work, who, id)
        remove_pool(work.capacity, who, pool_id(id))

    await call.house.database.write(remove)
    return {"id": id, "message": f"Cluster {id} was deleted."}


async def _changed(call: Call, given: Mapping[str, Any]) -> MadePool:
    who, installed = call.who, call.catalog.manifests()

    def change(work: UnitOfWork) -> MadePool:
        cluster_named(work, who, given["id"])
        pool = owned_pool(work.capacity, who, pool_id(given["id"]))
        spec = spec_from(given, installed, pool)
        return change_pool(work.capacity, who, pool.id, spec, call.now)

    return await call.house.database.write(change)


def cluster(source: Any, call: Call, id: str) -> MadePool:  # noqa: A002
    """The cluster of an id."""
    return cluster_named(call.work, call.who, id)


def clusters(
    source: Any, call: Call, offset: int | None = 0, limit: int | None = 30, **wanted: str | None
) -> dict[str, Any]:
    """The clusters that the caller's organization may use, newest first, by id, name or type."""
    found = called(
        my_pools(call.work.capacity, call.who),
        wanted,
        lambda pool: (cluster_id(pool), pool.title, kept_of(pool).get("type", "RT")),
    )
    return cut(call, found, offset, limit)


def _jobs(pool: MadePool, call: Call, offset: int | None = 0, limit: int | None = 30) -> Any:
    start, size = checked(offset, limit)
    query = JobPage(call.who.organization, pools=[pool.name], offset=start, limit=size)
    return page_of(call, page_jobs(call.work, call.who, query), start, size)


def _tasks(pool: MadePool, call: Call, offset: int | None = 0, limit: int | None = 30) -> Any:
    start, size = checked(offset, limit)
    query = JobPage(call.who.organization, pools=[pool.name], limit=start + size)
    every = [
        SeenTask(graph, task)
        for graph in page_jobs(call.work, call.who, query)
        for task in shown_tasks(graph)
        if task.pool == pool.name
    ]
    return page_of(call, every[start : start + size], start, size)


def _collaborators(pool: MadePool, call: Call) -> Any:
    shown = [
        {
            "permission": each.get("permission") or "viewer",
            "organizationId": each["organizationId"],
            "organization": call.work.accounts.organization(
                OrganizationNumber(int(each["organizationId"]))
            )
            if str(each["organizationId"]).isdecimal()
            else None,
        }
        for each in kept_of(pool).get("collaborators") or ()
        if each.get("organizationId")
    ]
    return cut(call, shown, 0, 1000)


def _kept(name: str, usual: Any = None) -> Any:
    return lambda pool, call: kept_of(pool).get(name, usual)


def _bytes(mebibytes: int | None) -> float | None:
    return None if mebibytes is None else float(mebibytes * MIB)


CLUSTER: dict[str, Any] = {
    "id": lambda pool, call: cluster_id(pool),
    "name": lambda pool, call: pool.title,
    "organizationId": lambda pool, call: str(pool.organization),
    "isPublic": lambda pool, call: False,
    "type": _kept("type", "RT"),
    "allowedEngines": lambda pool, call: allowed_engines(pool),
    "bypassAllowedEngines": _kept("bypassAllowedEngines", False),
    "containerTag": _kept("containerTag"),
    "paused": lambda pool, call: pool.paused,
    "memorySizeBytes": lambda pool, call: _bytes(pool.memory_mb),
    "storageSizeBytes": lambda pool, call: _bytes(pool.storage_mb),
    "status": lambda pool, call: status_of(pool),
    "state": lambda pool, call: status_of(pool),
    "tags": _kept("tags", []),
    "default": lambda pool, call: False,
    "collaborators": _collaborators,
    "subscriptions": _kept("subscriptions", []),
    "mediaStorage": _kept("mediaStorage"),
    "mediaStoragePath": _kept("mediaStoragePath"),
    "restartTimeUTC": _kept("restartTimeUTC"),
    "clusterConfig": _kept("clusterConfig"),
    "jobs": _jobs,
    "tasks": _tasks,
    "createdDateTime": lambda pool, call: pool.created_at,
    "modifiedDateTime": lambda pool, call: pool.updated_at,
}
RESOLVERS = {"Query": {"cluster": cluster, "clusters": clusters}, "Cluster": CLUSTER}
ACTIONS = {
    "createCluster": create_cluster,
    "updateCluster": update_cluster,
    "deleteCluster": delete_cluster,
    "pauseCluster": pause_cluster,
    "unpauseCluster": unpause_cluster,
}
