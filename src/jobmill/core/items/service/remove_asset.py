"""Take an asset's bytes away: by a purge, which keeps all that is known, or with the asset."""

from collections.abc import Callable

from jobmill.core.accounts import Principal
from jobmill.core.errors import AssetInUse
from jobmill.core.ids import OrganizationNumber
from jobmill.core.items.access import owned_asset
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.model import Asset, AssetState, Blob

DropBlob = Callable[[OrganizationNumber, Blob], None]
ALL_VERSIONS = 2**31


def delete_asset(assets: AssetStore, who: Principal, asset: str, drop: DropBlob) -> None:
    """Delete an asset with all its versions. Of those that ended jobs used, purged handles stay.

    Raises AssetInUse while a job needs one of them.
    """
    found = owned_asset(assets, who, asset)
    versions = assets.versions(who.organization, found.handle, None, ALL_VERSIONS)
    uses = [assets.uses(each.number) for each in versions]
    _refuse_in_use(sum(each.open_jobs for each in uses))
    for version, use in zip(versions, uses, strict=True):
        unused = (assets.purge if use.ended_jobs else assets.remove)(version.number)
        if unused is not None:
            drop(who.organization, unused)
    assets.give_up_path(found.handle)


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
        raise AssetInUse(f"{open_jobs} jobs need the asset; wait for their end, or cancel them.")
