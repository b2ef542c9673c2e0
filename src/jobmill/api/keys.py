"""API keys: create, get, change, revoke, list."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.numbered import numbered_by
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import CreateKey, EditKey, Key, KeyPage, KeysQuery, NewKeyAnswer
from jobmill.api.schemas.jobs import PREFIX
from jobmill.core.accounts.service.keys import (
    change_key,
    create_key,
    get_key,
    list_keys,
    revoke_key,
)

router = native_router("keys")


@router.post(
    "/keys",
    status_code=201,
    summary="Create an API key",
    responses={**answer(201, "The key.", LOCATION), **problems(*WITH_BODY)},
)
async def make_key(
    body: CreateKey, response: Response, house: TheHouse, who: Caller
) -> NewKeyAnswer:
    """Make a key for yourself; admins of the organization for everybody in it.

    Its text is shown this once: only a hash is kept. Nobody hands on a right that they lack.
    """
    now = house.clock.now()
    made, key = await house.database.write(
        lambda work: create_key(work.accounts, who, body.wanted(), now)
    )
    response.headers["Location"] = f"{PREFIX}/keys/{made.key.id}"
    return NewKeyAnswer(**Key.of(made).model_dump(), key=key)


@router.get("/keys", summary="List API keys", responses=problems(404))
async def read_keys(query: Annotated[KeysQuery, Query()], house: TheHouse, who: Caller) -> KeyPage:
    """Your keys; for admins those of everybody in the organization. Revoked ones stay listed."""
    found, following = await numbered_by(
        house,
        query,
        lambda work, after, limit: list_keys(work.accounts, who, query.user, after, limit),
        lambda view: view.key.number,
    )
    return KeyPage(items=[Key.of(each) for each in found], next=following)


@router.get("/keys/{key}", summary="Get an API key", responses=problems(404))
async def read_key(key: str, house: TheHouse, who: Caller) -> Key:
    """What is known of a key, by its id."""
    return Key.of(await house.database.read(lambda work: get_key(work.accounts, who, key)))


@router.patch("/keys/{key}", summary="Change an API key", responses=problems(*WITH_BODY, 404))
async def edit_key(key: str, body: EditKey, house: TheHouse, who: Caller) -> Key:
    """Give a key another name or other rights, none that you lack."""
    rights = None if body.rights is None else [right.value for right in body.rights]
    return Key.of(
        await house.database.write(
            lambda work: change_key(work.accounts, who, key, name=body.name, rights=rights)
        )
    )


@router.delete(
    "/keys/{key}",
    status_code=204,
    response_class=Response,
    summary="Revoke an API key",
    responses=problems(404),
)
async def delete_key(key: str, house: TheHouse, who: Caller) -> None:
    """From now on the key opens nothing, and live streams opened with it end."""
    now = house.clock.now()
    await house.database.write(lambda work: revoke_key(work.accounts, who, key, now))
