"""The one place where an asset is looked up for a caller: what they may not see is not there."""

from collections.abc import Sequence

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import AssetNotFound
from jobmill.core.ids import AssetId
from jobmill.core.items.asset_ports import AssetQuery, AssetStore
from jobmill.core.items.model import Asset
from jobmill.core.items.paths import data_path, is_data_path


def may_see(who: Principal, asset: Asset) -> bool:
    """Whether this caller may know of the asset."""
    return asset.organization == who.organization


def visible_asset(
    assets: AssetStore,
    who: Principal,
    name: str,
    right: Right = Right.ASSETS_READ,
    version: int | None = None,
) -> Asset:
    """An asset by its id or its `data://` path, at a version or the current one.

    Raises NotAllowed without the right, and AssetNotFound alike for what is not there and for what
    the caller may not see.
    """
    who.require(right)
    if is_data_path(name):
        found = assets.by_path(who.organization, data_path(name))
    else:
        found = assets.by_id(who.organization, AssetId(name))
    if found is None or not may_see(who, found):
        raise AssetNotFound(f"There is no asset {name!r}.")
    if version is None or version == found.version:
        return found
    older = assets.version(who.organization, found.handle, version)
    if older is None:
        raise AssetNotFound(f"The asset {name!r} has no version {version}.")
    return older


def asset_at(assets: AssetStore, who: Principal, path: str) -> Asset | None:
    """The asset at a path, if there is one that the caller may see."""
    found = assets.by_path(who.organization, path)
    return found if found is not None and may_see(who, found) else None


def list_assets(assets: AssetStore, who: Principal, query: AssetQuery) -> Sequence[Asset]:
    """The assets that the caller may see, newest first."""
    who.require(Right.ASSETS_READ)
    return [asset for asset in assets.find(query) if may_see(who, asset)]


def list_versions(
    assets: AssetStore, who: Principal, name: str, before: int | None, limit: int
) -> Sequence[Asset]:
    """The versions of an asset, newest first."""
    found = visible_asset(assets, who, name)
    return assets.versions(who.organization, found.handle, before, limit)
