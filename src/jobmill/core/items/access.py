"""Who sees and who changes assets and items: the rule of `core/accounts/access.py`, and whoever
sees a job that works on one sees that too. What has no owner is the organization's.
"""

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.errors import AssetNotFound, ItemNotFound, NotAllowed
from jobmill.core.ids import AssetId, ItemNumber
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.model import Asset, Item
from jobmill.core.items.paths import data_path, is_data_path
from jobmill.core.items.ports import ItemStore


def owns_asset(who: Principal, asset: Asset) -> bool:
    """Whether the caller may change and remove the asset."""
    return owns(who, asset.organization, asset.owner)


def sees_asset(assets: AssetStore, who: Principal, asset: Asset) -> bool:
    """Whether the asset is there for the caller at all."""
    if owns_asset(who, asset):
        return True
    ours = asset.organization == who.organization
    return ours and (asset.owner is None or assets.shown_by_job(asset.number, who.user))


def visible_asset(
    assets: AssetStore,
    who: Principal,
    name: str,
    right: Right = Right.ASSETS_READ,
    version: int | None = None,
) -> Asset:
    """An asset that the caller sees, by its id or its `data://` path, at a version or the present.

    Raises NotAllowed without the right, and AssetNotFound alike for what is not there and for what
    the caller does not see.
    """
    who.require(right)
    if is_data_path(name):
        found = assets.by_path(who.organization, data_path(name))
    else:
        found = assets.by_id(who.organization, AssetId(name))
    if found is not None and version is not None and version != found.version:
        older = assets.version(who.organization, found.handle, version)
        if older is None and sees_asset(assets, who, found):
            raise AssetNotFound(f"The asset {name!r} has no version {version}.")
        found = older
    if found is None or not sees_asset(assets, who, found):
        raise AssetNotFound(f"There is no asset {name!r}.")
    return found


def owned_asset(assets: AssetStore, who: Principal, name: str, version: int | None = None) -> Asset:
    """An asset that the caller may change and remove. Raises AssetNotFound, NotAllowed."""
    found = visible_asset(assets, who, name, Right.ASSETS_WRITE, version)
    if not owns_asset(who, found):
        raise NotAllowed("Only the asset's owner and admins of the organization may do that.")
    return found


def visible_item(
    items: ItemStore, who: Principal, number: ItemNumber, right: Right = Right.JOBS_READ
) -> Item:
    """An item that the caller sees. Raises ItemNotFound."""
    who.require(right)
    item = items.get(number)
    if item is None or not sees_item(items, who, item):
        raise ItemNotFound(f"There is no item of number {number}.")
    return item


def item_of_id(items: ItemStore, who: Principal, item: str) -> Item:
    """An item that the caller sees, by its id. Raises ItemNotFound."""
    who.require(Right.JOBS_READ)
    found = items.by_id(who.organization, item)
    if found is None or not sees_item(items, who, found):
        raise ItemNotFound(f"There is no item {item!r}.")
    return found


def owned_item(items: ItemStore, who: Principal, number: ItemNumber) -> Item:
    """An item that the caller may change and remove. Raises ItemNotFound, NotAllowed."""
    item = visible_item(items, who, number, Right.ASSETS_WRITE)
    if not owns_item(who, item):
        raise NotAllowed("Only the item's owner and admins of the organization may do that.")
    return item


def owns_item(who: Principal, item: Item) -> bool:
    """Whether the caller may change and remove the item."""
    return owns(who, item.organization, item.owner)


def sees_item(items: ItemStore, who: Principal, item: Item) -> bool:
    """Whether the item is there for the caller at all; a cut is where its whole is."""
    if owns_item(who, item):
        return True
    ours = item.organization == who.organization
    whole = item.cut_of or item.number
    return ours and (item.owner is None or items.shown_by_job(whole, who.user))
