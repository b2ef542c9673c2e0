"""An asset whose bytes lie at an address: they are fetched when something first needs them."""

from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.media_types import guessed_type
from jobmill.core.items.model import Asset, AssetSource, AssetState
from jobmill.core.items.paths import name_in_address
from jobmill.core.items.ports import Fetcher

ANY = "application/octet-stream"


def name_address(
    assets: AssetStore,
    fetcher: Fetcher,
    who: Principal,
    url: str,
    now: datetime,
    name: str | None = None,
    media_type: str | None = None,
) -> Asset:
    """Name an address. Raises InvalidInput for one that can never be fetched."""
    who.require(Right.ASSETS_WRITE)
    fetcher.check(url)
    name = name or name_in_address(url)
    return assets.add(
        who.organization,
        name,
        media_type or guessed_type(name) or ANY,
        AssetSource.URL,
        AssetState.AWAITING,
        now,
        location=url,
        owner=who.user,
    )
