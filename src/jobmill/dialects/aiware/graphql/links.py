"""Addresses of assets: links that need no key, and the plain ones that do."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jobmill.core.items import Asset, AssetSource, AssetState, Link, LinkMethod, sign_link
from jobmill.dialects.aiware.graphql.call import Call

NATIVE = "/api/v1"
READ_FOR = timedelta(days=1)
WRITE_FOR = timedelta(hours=3)


def signed(call: Call, asset: Asset, method: LinkMethod = LinkMethod.GET) -> str:
    """A link to this version of an asset, for a time; bytes not fetched yet lie at their own."""
    if asset.state is AssetState.AWAITING and asset.source is AssetSource.URL and asset.location:
        return asset.location
    lasts = READ_FOR if method is LinkMethod.GET else WRITE_FOR
    ends: datetime = (call.now + lasts).replace(microsecond=0)
    link = Link(method, asset.organization, asset.handle, asset.version, ends)
    return f"{call.base}{NATIVE}/links/{asset.handle}?{sign_link(link, call.house.link_secret)}"


def plain(call: Call, asset: Asset) -> str:
    """The address of an asset's bytes for holders of a token."""
    if asset.state is AssetState.AWAITING and asset.source is AssetSource.URL and asset.location:
        return asset.location
    return f"{call.base}{NATIVE}/assets/{asset.handle}/content"


def own_asset(call: Call, uri: str) -> str | None:
    """The id of the asset of ours that an address names; None for one elsewhere."""
    try:
        parts, base = urlsplit(uri), urlsplit(call.base)
    except ValueError:  # no address at all: whoever fetches it refuses it by name
        return None
    if (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
        return None
    words = parts.path.removeprefix(base.path.rstrip("/")).strip("/").split("/")
    if words[:2] != ["api", "v1"] or len(words) < 4 or words[2] not in ("links", "assets"):
        return None
    return words[3]
