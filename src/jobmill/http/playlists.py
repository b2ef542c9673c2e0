"""A playlist read by a link: what it names is named by links of the same kind and end.

So a player that was given one signed address plays the whole rendition, without a key.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.requests import Request

from jobmill.core.errors import TooLarge
from jobmill.core.items import HLS, LONGEST_PLAYLIST, Asset, Link, with_addresses
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.http.addresses import LINKS, link_address
from jobmill.http.house import House
from jobmill.http.ranges import Download


def is_playlist(asset: Asset) -> bool:
    """Whether the asset names other files that belong to it."""
    return asset.media_type == HLS


async def playlist_download(
    request: Request, house: House, link: Link, asset: Asset, plain: Download
) -> Download:
    """The playlist with signed addresses. Raises TooLarge."""
    if plain.size > LONGEST_PLAYLIST:
        raise TooLarge(f"A playlist of {plain.size} bytes is longer than {LONGEST_PLAYLIST}.")
    text = b"".join([piece async for piece in await plain.read(0, plain.size)])
    beside = await house.database.read(lambda work: _beside(work, asset))
    prefix = request.url.path.split(LINKS)[0]

    def address_of(name: str) -> str | None:
        found = beside.get(name)
        if found is None:
            return None
        to = replace(link, asset=found.handle, version=found.version)
        return link_address(request, house, prefix, to, name)

    told = with_addresses(text.decode("utf-8", "replace"), address_of).encode()

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        return _once(told[start:end])

    etag = hashlib.sha256(told).hexdigest()
    return replace(plain, size=len(told), etag=etag, read=read)


def _beside(work: UnitOfWork, asset: Asset) -> dict[str, Asset]:
    """The assets of the same item in the same role, by name; of one name the newest."""
    held = work.items.holding(asset.number)
    if held is None:
        return {}
    return {
        each.asset.name: each.asset
        for each in work.items.held([held.item])
        if each.role == held.role and each.task == held.task
    }


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
