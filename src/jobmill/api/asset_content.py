"""The bytes of assets: of the current version, of an older one, and by path."""

from typing import Annotated

from fastapi import Header, Path, Query, Request, Response

from jobmill.api.answers import LOCATION, answer, problems
from jobmill.api.assets import RAW_BODY, take_raw
from jobmill.api.downloads import DOWNLOAD
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.assets import Asset, AssetPage, VersionsQuery
from jobmill.api.schemas.jobs import PREFIX
from jobmill.core.items import list_versions, name_of, named_asset, owned_asset, visible_asset
from jobmill.core.items.paths import SCHEME, data_path
from jobmill.http.naming import header_word, naming_of
from jobmill.http.paging import decode_cursor, encode_cursor
from jobmill.http.ranges import download_response
from jobmill.http.serving import asset_download

router = native_router("assets")
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="1 is the first.")]
DataPath = Annotated[str, Path(description="Its place, without `data://`.")]


@router.get(
    "/assets/{asset}/content",
    summary="Download an asset",
    response_class=Response,
    responses={**problems(404, 409), **DOWNLOAD},
)
async def read_content(
    asset: str,
    request: Request,
    house: TheHouse,
    who: Caller,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="An older one.")] = None,
) -> Response:
    """The bytes, all or a range of them; as an attachment unless they are plain media."""
    found = await house.database.read(
        lambda work: visible_asset(work.assets, who, asset, version=version)
    )
    return await download_response(request, await asset_download(house, found))


@router.put(
    "/assets/{asset}/content",
    summary="Upload a version",
    openapi_extra=RAW_BODY,
    responses=problems(404, 409, 413, 415),
)
async def write_content(
    asset: str,
    request: Request,
    house: TheHouse,
    who: Caller,
    x_name: Annotated[str | None, Header(description="The version's own file name.")] = None,
) -> Asset:
    """The bytes that the asset awaits, or else its next version. Equal bytes change nothing."""
    known = await house.database.read(lambda work: owned_asset(work.assets, who, asset))
    name = header_word(x_name) or known.name
    told = request.headers.get("content-type", "")
    naming = naming_of(name, told, asset=known.handle, field="X-Name")
    return Asset.of(await take_raw(request, house, who, naming))


@router.get("/assets/{asset}/versions", summary="List versions", responses=problems(404))
async def read_versions(
    asset: str, query: Annotated[VersionsQuery, Query()], house: TheHouse, who: Caller
) -> AssetPage:
    """Every version that there was, the newest first."""
    before = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(
        lambda work: list_versions(work.assets, who, asset, before, query.limit + 1)
    )
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].version) if len(found) > query.limit else None
    return AssetPage(items=[Asset.of(each, pinned=True) for each in shown], next=following)


@router.get("/assets/{asset}/versions/{version}", summary="Get a version", responses=problems(404))
async def read_version(asset: str, version: Version, house: TheHouse, who: Caller) -> Asset:
    """One version of an asset; its bytes are at `content`."""
    found = await house.database.read(
        lambda work: visible_asset(work.assets, who, asset, version=version)
    )
    return Asset.of(found, pinned=True)


@router.get(
    "/data/{path:path}",
    summary="Download by path",
    response_class=Response,
    responses={**problems(404, 409), **DOWNLOAD},
)
async def read_data(path: DataPath, request: Request, house: TheHouse, who: Caller) -> Response:
    """The bytes of the asset at `data://path`, all or a range of them."""
    place = SCHEME + data_path(path)
    found = await house.database.read(lambda work: visible_asset(work.assets, who, place))
    return await download_response(request, await asset_download(house, found))


@router.put(
    "/data/{path:path}",
    summary="Upload by path",
    openapi_extra=RAW_BODY,
    responses={
        **answer(200, "The asset at this path, with these bytes as its next version."),
        **answer(201, "The new asset at this path.", LOCATION),
        **problems(404, 409, 413, 415),
    },
)
async def write_data(
    path: DataPath, request: Request, response: Response, house: TheHouse, who: Caller
) -> Asset:
    """Raw bytes for `data://path`: a new asset there (201), or the next version of the one that is
    (200)."""
    place = data_path(path)
    naming = naming_of(name_of(place), request.headers.get("content-type", ""), place)
    known = await house.database.read(lambda work: named_asset(work.assets, who, naming))
    asset = await take_raw(request, house, who, naming)
    if known is None:
        response.status_code = 201
        response.headers["Location"] = f"{PREFIX}/assets/{asset.handle}"
    return Asset.of(asset)
