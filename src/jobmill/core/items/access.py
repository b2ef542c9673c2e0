"""Who sees and who changes assets and items: the rule of `core/accounts/access.py`, and whoever
sees a job that works on one sees that too. What has no owner is the organization's.
"""

from jobmill.core.accounts import Principal, Right, owns
from jobmill.core.errors import AssetNotFound, NotAllowed
from jobmill.core.ids import AssetId
from jobmill.core.items.model import Asset, Item
from jobmill.core.items.ports import AssetStore, ItemStore


def owns_asset(who: Principal, asset: Asset) -> bool:
    """Whether the caller may change and remove the asset."""
    return owns(who, asset.organization, asset.owner)


def sees_asset(assets: AssetStore, who: Principal, asset: Asset) -> bool:
    """Whether the asset is there for the caller at all."""
    if owns_asset(who, asset):
        return True
    ours = asset.organization == who.organization
    return ours and (asset.owner is None or assets.shown_by_job(asset.number, who.user))


def visible_asset(assets: AssetStore, who: Principal, asset: AssetId) -> Asset:
    """An asset that the caller sees. Raises AssetNotFound."""
    who.require(Right.ASSETS_READ)
    return _seen(assets, who, asset)


def owned_asset(assets: AssetStore, who: Principal, asset: AssetId) -> Asset:
    """An asset that the caller may change and remove. Raises AssetNotFound, NotAllowed."""
    who.require(Right.ASSETS_WRITE)
    found = _seen(assets, who, asset)
    if not owns_asset(who, found):
        raise NotAllowed("Only the asset's owner and admins of the organization may do that.")
    return found


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


def _seen(assets: AssetStore, who: Principal, asset: AssetId) -> Asset:
    found = assets.by_id(who.organization, asset)
    if found is None or not sees_asset(assets, who, found):
        raise AssetNotFound(f"There is no asset {asset!r}.")
    return found
