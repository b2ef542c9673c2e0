"""Deliveries: list, get, replay one or a range, and send a test."""

from typing import Annotated

from fastapi import Query

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.webhooks import (
    DeliveriesQuery,
    Delivery,
    DeliveryDetail,
    DeliveryPage,
    Replayed,
    ReplayRange,
)
from jobmill.core.ids import DeliveryId, EndpointId
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks.ports import Place
from jobmill.core.webhooks.service import (
    get_delivery,
    list_deliveries,
    ping_endpoint,
    replay_delivery,
    replay_endpoint,
)
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("webhooks")


@router.get(
    "/endpoints/{endpoint}/deliveries",
    summary="List an endpoint's deliveries",
    responses=problems(404),
)
async def read_deliveries(
    endpoint: str, query: Annotated[DeliveriesQuery, Query()], house: TheHouse, who: Caller
) -> DeliveryPage:
    """What went to an endpoint and what is on its way, newest first; kept for 30 days."""
    before = None if query.cursor is None else decode_cursor(query.cursor, 1)[0]
    found = await house.database.read(
        lambda work: list_deliveries(
            work.webhooks,
            who,
            EndpointId(endpoint),
            tuple(dict.fromkeys(query.state)),
            query.created_after,
            query.created_before,
            before,
            query.limit + 1,
        )
    )
    shown = found[: query.limit]
    return DeliveryPage(
        items=[Delivery.of(each) for each in shown],
        next=encode_cursor(shown[-1].number) if len(found) > query.limit else None,
    )


@router.get("/deliveries/{delivery}", summary="Get a delivery", responses=problems(404))
async def read_delivery(delivery: str, house: TheHouse, who: Caller) -> DeliveryDetail:
    """A delivery with its data and the log of its tries."""
    found, attempts = await house.database.read(
        lambda work: get_delivery(work.webhooks, who, DeliveryId(delivery))
    )
    return DeliveryDetail.with_log(found, attempts)


@router.post(
    "/deliveries/{delivery}/replay", summary="Replay a delivery", responses=problems(404, 409)
)
async def replay(delivery: str, house: TheHouse, who: Caller) -> Delivery:
    """Send an event again at once, under its same `webhook-id`, with a new series of tries."""
    now = house.clock.now()
    found = await house.database.write(
        lambda work: replay_delivery(work.webhooks, who, DeliveryId(delivery), now)
    )
    return Delivery.of(found)


@router.post(
    "/endpoints/{endpoint}/replay",
    summary="Replay an endpoint's deliveries of a time",
    responses=problems(*WITH_BODY, 404, 409),
)
async def replay_range(endpoint: str, body: ReplayRange, house: TheHouse, who: Caller) -> Replayed:
    """Send again what failed or was held between two times, or what is in the states named."""
    now, count = house.clock.now(), 0
    after: Place | None = None
    states = tuple(dict.fromkeys(body.states))

    def replay_slice(work: UnitOfWork) -> tuple[int, Place | None]:
        return replay_endpoint(
            work.webhooks,
            who,
            EndpointId(endpoint),
            body.from_,
            body.to or now,
            states,
            now,
            after,
        )

    while True:
        more, last = await house.database.write(replay_slice)
        count += more
        if last is None:
            return Replayed(count=count)
        after = last


@router.post(
    "/endpoints/{endpoint}/ping",
    status_code=202,
    summary="Send a test to an endpoint",
    responses=problems(404, 409),
)
async def ping(endpoint: str, house: TheHouse, who: Caller) -> Delivery:
    """Send the event `endpoint.ping`; look at the delivery to see how it went."""
    now = house.clock.now()
    made = await house.database.write(
        lambda work: ping_endpoint(work.webhooks, who, EndpointId(endpoint), now)
    )
    return Delivery.of(made)
