"""Pools and limits: who may run how much at once."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.numbered import piece_of
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.steering import Limit, LimitPage, Pool, PoolPage, SetLimit
from jobmill.core.accounts import Principal
from jobmill.core.capacity.service import (
    list_limits,
    list_pools,
    remove_limit,
    set_limit,
    set_pool,
)
from jobmill.http.house import House

router = native_router("pools")


@router.get("/pools", summary="List pools", responses=problems())
async def read_pools(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> PoolPage:
    """Every pool that an engine names or that something waits in, with what it does now."""
    now = house.clock.now()
    found = await house.database.read(
        lambda work: list_pools(work.capacity, house.outside.catalog, who, now)
    )
    shown, following = piece_of(query, found, lambda pool: pool.name)
    return PoolPage(items=[Pool.of(pool) for pool in shown], next=following)


@router.post("/pools/{pool}/pause", summary="Pause a pool", responses=problems(404))
async def pause_pool(pool: str, house: TheHouse, who: Caller) -> Pool:
    """Start nothing new in a pool, of any organization; what runs comes to its end."""
    return await _set(house, who, pool, paused=True)


@router.post("/pools/{pool}/resume", summary="Resume a pool", responses=problems(404))
async def resume_pool(pool: str, house: TheHouse, who: Caller) -> Pool:
    """Let a paused pool go on."""
    return await _set(house, who, pool, paused=False)


@router.get("/limits", summary="List limits", responses=problems())
async def read_limits(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> LimitPage:
    """All limits, for the organization that runs this server; for others their own."""
    found = await house.database.read(lambda work: list_limits(work.capacity, work.accounts, who))
    shown, following = piece_of(query, found, lambda use: use.limit.id)
    return LimitPage(items=[Limit.of(use) for use in shown], next=following)


@router.put("/limits", summary="Set a limit", responses=problems(*WITH_BODY))
async def put_limit(body: SetLimit, house: TheHouse, who: Caller) -> Limit:
    """Say how many tasks may run at once: of an organization, by an engine, or both.

    One limit for each pair; setting it again changes it. What runs already goes on.
    """
    use = await house.database.write(
        lambda work: set_limit(
            work.capacity,
            work.accounts,
            house.outside.catalog,
            who,
            body.organization,
            body.engine,
            body.running,
        )
    )
    return Limit.of(use)


@router.delete(
    "/limits/{limit}",
    status_code=204,
    response_class=Response,
    summary="Delete a limit",
    responses=problems(404),
)
async def delete_limit(limit: str, house: TheHouse, who: Caller) -> None:
    """Hold nobody back by this limit any more."""
    await house.database.write(lambda work: remove_limit(work.capacity, work.accounts, who, limit))


async def _set(house: House, who: Principal, pool: str, *, paused: bool) -> Pool:
    now, catalog = house.clock.now(), house.outside.catalog
    found = await house.database.write(
        lambda work: set_pool(work.capacity, work.accounts, catalog, who, pool, now, paused=paused)
    )
    return Pool.of(found)
