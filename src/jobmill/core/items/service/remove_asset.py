"""Take an asset's bytes away: by a purge, which keeps all that is known, or with the asset."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from jobmill.core.accounts import Principal
from jobmill.core.errors import AssetInUse
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items.access import owned_asset
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.model import Asset, AssetState, Blob

DropBlob = Callable[[OrganizationNumber, Blob], None]
ALL_VERSIONS = 2**31
BATCH = 50
LATER = timedelta(hours=1)
"""What a job still needs when its time is over is looked at again after this."""


def delete_asset(assets: AssetStore, who: Principal, asset: str, drop: DropBlob) -> None:
    """Delete an asset with all its versions. Of those that ended jobs used, purged handles stay.

    Raises AssetInUse while a job needs one of them.
    """
    found = owned_asset(assets, who, asset)
    versions = assets.versions(who.organization, found.handle, None, ALL_VERSIONS)
    _refuse_in_use(sum(assets.uses(each.number).open_jobs for each in versions))
    _delete(assets, versions, drop)


def retire_assets(assets: AssetStore, now: datetime, drop: DropBlob) -> int:
    """Delete up to a batch of assets whose time is over; how many there were."""
    due = assets.over(now, BATCH)
    for found in due:
        versions = assets.versions(found.organization, found.handle, None, ALL_VERSIONS)
        needed = any(assets.uses(each.number).open_jobs for each in versions)
        assets.retain(found.handle, now + LATER if needed else None)
        if not needed:
            _delete(assets, versions, drop)
    return len(due)


def _delete(assets: AssetStore, versions: Sequence[Asset], drop: DropBlob) -> None:
    """All versions of an asset that no open job needs."""
    for version in versions:
        ended = assets.uses(version.number).ended_jobs
        unused = (assets.purge if ended else assets.remove)(version.number)
        if unused is not None:
            drop(version.organization, unused)
    for handle in {version.handle for version in versions}:
        assets.give_up_path(handle)


def purge_asset(
    assets: AssetStore, who: Principal, asset: str, version: int | None, drop: DropBlob
) -> Asset:
    """Remove the bytes of one version, or of all, and keep what is known of them.

    Raises AssetInUse while a job needs them. Purging what is purged changes nothing.
    """
    found = owned_asset(assets, who, asset, version)
    versions = (
        [found]
        if version is not None
        else assets.versions(who.organization, found.handle, None, ALL_VERSIONS)
    )
    _refuse_in_use(sum(assets.uses(each.number).open_jobs for each in versions))
    for each in versions:
        unused = None if each.state is AssetState.PURGED else assets.purge(each.number)
        if unused is not None:
            drop(who.organization, unused)
    return owned_asset(assets, who, asset, version)


def _refuse_in_use(open_jobs: int) -> None:
    if open_jobs:
        them = "1 job needs" if open_jobs == 1 else f"{open_jobs} jobs need"
        raise AssetInUse(f"{them} the asset; wait for the end, or cancel.")
