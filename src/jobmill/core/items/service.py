"""Use cases on assets: add uploaded bytes, read, delete."""

from collections.abc import Callable
from datetime import datetime

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import AssetInUse
from jobmill.core.ids import AssetId, OrganizationNumber
from jobmill.core.items.access import owned_asset, visible_asset
from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob
from jobmill.core.items.ports import AssetStore, StoredBytes

DropBlob = Callable[[OrganizationNumber, Blob], None]


def add_upload(
    assets: AssetStore,
    who: Principal,
    name: str,
    media_type: str,
    stored: StoredBytes,
    now: datetime,
) -> Asset:
    """Give stored bytes a name."""
    who.require(Right.ASSETS_WRITE)
    blob = Blob(stored.sha256, stored.size)
    return assets.add(
        who.organization,
        name,
        media_type,
        AssetSource.UPLOAD,
        AssetState.READY,
        now,
        blob=blob,
        owner=who.user,
    )


def get_asset(assets: AssetStore, who: Principal, asset: AssetId) -> Asset:
    """The asset of this id. Raises AssetNotFound."""
    return visible_asset(assets, who, asset)


def delete_asset(assets: AssetStore, who: Principal, asset: AssetId, drop: DropBlob) -> None:
    """Delete an asset and give its bytes up. Jobs that used it and ended keep a purged handle.

    Raises AssetInUse while a job needs it.
    """
    found = owned_asset(assets, who, asset)
    uses = assets.uses(found.number)
    if uses.open_jobs:
        raise AssetInUse(
            f"{uses.open_jobs} jobs need the asset; wait for their end, or cancel them."
        )
    unused = (assets.purge if uses.ended_jobs else assets.remove)(found.number)
    if unused is not None:
        drop(who.organization, unused)
