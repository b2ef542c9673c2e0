"""Endpoints: create, get, list, edit, delete, rotate the secret."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.webhooks import (
    CreateEndpoint,
    EditEndpoint,
    Endpoint,
    EndpointPage,
    NewEndpoint,
    RotateSecret,
)
from jobmill.core.ids import EndpointId
from jobmill.core.webhooks.service import (
    change_endpoint,
    create_endpoint,
    get_endpoint,
    list_endpoints,
    remove_endpoint,
    rotate_secret,
)
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("webhooks")


@router.post(
    "/endpoints",
    status_code=201,
    summary="Create an endpoint",
    responses={**answer(201, "The endpoint.", LOCATION), **problems(*WITH_BODY)},
)
async def create_an_endpoint(
    body: CreateEndpoint, response: Response, house: TheHouse, who: Caller
) -> NewEndpoint:
    """Have the organization's events sent to an address, signed as in Standard Webhooks.

    The secret is shown in this answer only, and only if it was made here.
    """
    now, room = house.clock.now(), house.outside.mailroom
    made = await house.database.write(
        lambda work: create_endpoint(work.webhooks, room, who, body.spec(), now)
    )
    response.headers["Location"] = f"{PREFIX}/endpoints/{made.endpoint.id}"
    return NewEndpoint.made(made, now)


@router.get("/endpoints", summary="List endpoints", responses=problems())
async def read_endpoints(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> EndpointPage:
    """Endpoints of your organization, newest first. Callbacks of single jobs are not among them."""
    before = None if query.cursor is None else decode_cursor(query.cursor, 1)[0]
    found = await house.database.read(
        lambda work: list_endpoints(work.webhooks, who, before, query.limit + 1)
    )
    shown, now = found[: query.limit], house.clock.now()
    return EndpointPage(
        items=[Endpoint.of(each, now) for each in shown],
        next=encode_cursor(shown[-1].number) if len(found) > query.limit else None,
    )


@router.get("/endpoints/{endpoint}", summary="Get an endpoint", responses=problems(404))
async def read_endpoint(endpoint: str, house: TheHouse, who: Caller) -> Endpoint:
    """An endpoint, or a job's callback: is it enabled, does it fail, and since when."""
    found = await house.database.read(
        lambda work: get_endpoint(work.webhooks, who, EndpointId(endpoint))
    )
    return Endpoint.of(found, house.clock.now())


@router.patch(
    "/endpoints/{endpoint}", summary="Edit an endpoint", responses=problems(*WITH_BODY, 404)
)
async def edit_endpoint(
    endpoint: str, body: EditEndpoint, house: TheHouse, who: Caller
) -> Endpoint:
    """Change what is given. What an endpoint misses while it is disabled is held for a replay."""
    now, room = house.clock.now(), house.outside.mailroom
    changed = await house.database.write(
        lambda work: change_endpoint(
            work.webhooks, room, who, EndpointId(endpoint), body.change(), now
        )
    )
    return Endpoint.of(changed, now)


@router.delete(
    "/endpoints/{endpoint}",
    status_code=204,
    response_class=Response,
    summary="Delete an endpoint",
    responses=problems(404),
)
async def delete_endpoint(endpoint: str, house: TheHouse, who: Caller) -> None:
    """Delete an endpoint with its delivery log. What waits for it is not sent any more.

    A long log goes in slices; a call that is cut off is made again, and goes on.
    """
    while not await house.database.write(
        lambda work: remove_endpoint(work.webhooks, who, EndpointId(endpoint))
    ):
        pass


@router.post(
    "/endpoints/{endpoint}/rotate",
    summary="Rotate an endpoint's secret",
    responses=problems(*WITH_BODY, 404, 429),
)
async def rotate(endpoint: str, body: RotateSecret, house: TheHouse, who: Caller) -> NewEndpoint:
    """Sign with a new secret from now on, and with the old ones too while the overlap lasts."""
    now, room = house.clock.now(), house.outside.mailroom
    overlap = timedelta(seconds=body.overlap_seconds)
    made = await house.database.write(
        lambda work: rotate_secret(
            work.webhooks, room, who, EndpointId(endpoint), body.secret, overlap, now
        )
    )
    return NewEndpoint.made(made, now)
