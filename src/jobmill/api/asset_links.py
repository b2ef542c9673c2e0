"""Assets that await their bytes, and links by which bytes come and go without a key."""

from datetime import datetime, timedelta

from fastapi import Request, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.assets import (
    Asset,
    AssetLink,
    AwaitAsset,
    AwaitedAsset,
    CreateLink,
)
from jobmill.api.schemas.jobs import PREFIX
from jobmill.core.errors import TooLarge
from jobmill.core.items import Asset as CoreAsset
from jobmill.core.items import (
    AssetState,
    Link,
    LinkMethod,
    await_bytes,
    owned_asset,
    visible_asset,
)
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.addresses import link_address
from jobmill.http.house import House
from jobmill.http.naming import naming_of

router = native_router("assets")


@router.post(
    "/assets/awaiting",
    status_code=201,
    summary="Announce an asset",
    responses={**answer(201, "The asset and its link.", LOCATION), **problems(*WITH_BODY, 409)},
)
async def create_awaiting(
    body: AwaitAsset, request: Request, response: Response, house: TheHouse, who: Caller
) -> AwaitedAsset:
    """Make an asset before its bytes, and a link to which anybody may PUT them without a key."""
    naming, now = naming_of(body.name, body.media_type or "", body.path), house.clock.now()
    if body.size is not None and body.size > house.settings.max_upload:
        raise TooLarge(
            f"{body.size} bytes are more than {house.settings.max_upload}, the most allowed here.",
            field="size",
        )
    asset = await house.database.write(
        lambda work: await_bytes(work.assets, who, naming, body.size, now)
    )
    response.headers["Location"] = f"{PREFIX}/assets/{asset.handle}"
    link = _link(request, house, asset, LinkMethod.PUT, asset.version, _end(now, body.expires_in))
    return AwaitedAsset(asset=Asset.of(asset), upload=link)


@router.post(
    "/assets/{asset}/links",
    status_code=201,
    summary="Make a link",
    responses=problems(*WITH_BODY, 404, 409),
)
async def create_link(
    asset: str, body: CreateLink, request: Request, house: TheHouse, who: Caller
) -> AssetLink:
    """A link that needs no key, for a time: to read one version, or to write the next.

    It cannot be changed, and not be taken back, unless the asset is deleted or purged.
    """
    writes = body.method is LinkMethod.PUT

    def look(work: UnitOfWork) -> CoreAsset:
        if writes:
            return owned_asset(work.assets, who, asset)
        return visible_asset(work.assets, who, asset, version=body.version)

    found = await house.database.read(look)
    fills = writes and found.state is not AssetState.AWAITING
    number = found.version + 1 if fills else found.version
    expires_at = _end(house.clock.now(), body.expires_in)
    return _link(request, house, found, body.method, number, expires_at)


def _end(now: datetime, seconds: int) -> datetime:
    return (now + timedelta(seconds=seconds)).replace(microsecond=0)


def _link(
    request: Request,
    house: House,
    asset: CoreAsset,
    method: LinkMethod,
    version: int,
    expires_at: datetime,
) -> AssetLink:
    link = Link(method, asset.organization, asset.handle, version, expires_at)
    url = link_address(request, house, PREFIX, link)
    return AssetLink(method=method, url=url, version=version, expires_at=expires_at)
