"""Links without a key: GET with ranges, PUT of any or no type. What they allow stands in them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobmill.core.errors import AssetNotFound
from jobmill.core.items import Link, LinkMethod, fill_by_link, verify_link
from jobmill.core.items.model import Asset
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.addresses import LINKS
from jobmill.http.house import House, house_of
from jobmill.http.limits import chunks_of
from jobmill.http.naming import UNTOLD, media_type_of
from jobmill.http.playlists import is_playlist, playlist_download
from jobmill.http.ranges import download_response
from jobmill.http.receiving import receive
from jobmill.http.serving import asset_download


def link_routes(prefix: str) -> list[Route]:
    """The routes of links below a prefix."""
    return [
        Route(f"{prefix}{LINKS}{{asset}}", follow, methods=["GET", "PUT"], name="link"),
        Route(f"{prefix}{LINKS}{{asset}}/{{name}}", follow, methods=["GET"], name="named_link"),
    ]


async def follow(request: Request) -> Response:
    """Read or write one version of one asset. Raises LinkInvalid, LinkExpired."""
    house = house_of(request)
    link = verify_link(
        request.method,
        request.path_params["asset"],
        request.query_params,
        house.link_secret,
        house.clock.now(),
    )
    if link.method is LinkMethod.PUT:
        return await _write(request, house, link)
    asset = await house.database.read(lambda work: _version(work, link))
    download = await asset_download(house, asset)
    if is_playlist(asset):
        download = await playlist_download(request, house, link, asset, download)
    return await download_response(request, download)


async def _write(request: Request, house: House, link: Link) -> Response:
    current = await house.database.read(lambda work: _current(work, link))
    told = request.headers.get("content-type", "").split(";")[0].strip().lower()
    media_type = None if told in UNTOLD else media_type_of(told, current.name)
    cap = house.settings.max_upload
    if current.facts is None and current.declared_size is not None:
        cap = min(cap, current.declared_size)
    asset = await receive(
        house,
        link.organization,
        chunks_of(request, cap),
        cap,
        lambda work, stored: fill_by_link(work.assets, link, media_type, stored, house.clock.now()),
    )
    assert asset.facts is not None  # noqa: S101  it has just been given them
    return Response(status_code=200, headers={"ETag": f'"{asset.facts.sha256}"'})


def _version(work: UnitOfWork, link: Link) -> Asset:
    asset = work.assets.version(link.organization, link.asset, link.version)
    if asset is None:
        raise AssetNotFound("The asset of this link has been deleted.")
    return asset


def _current(work: UnitOfWork, link: Link) -> Asset:
    asset = work.assets.by_id(link.organization, link.asset)
    if asset is None:
        raise AssetNotFound("The asset of this link has been deleted.")
    return asset
