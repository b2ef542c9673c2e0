"""Lists of assets, and of the versions of one."""

from collections.abc import Sequence
from dataclasses import replace

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.items.access import sees_asset, visible_asset
from jobmill.core.items.asset_ports import AssetQuery, AssetStore
from jobmill.core.items.model import Asset


def list_assets(assets: AssetStore, who: Principal, query: AssetQuery) -> Sequence[Asset]:
    """The assets that the caller sees, newest first."""
    who.require(Right.ASSETS_READ)
    return assets.find(replace(query, organization=who.organization, seen_by=seen_by(who)))


def count_assets(assets: AssetStore, who: Principal, query: AssetQuery) -> int:
    """How many assets that the caller sees there are on all pages together."""
    who.require(Right.ASSETS_READ)
    return assets.count(replace(query, organization=who.organization, seen_by=seen_by(who)))


def list_versions(
    assets: AssetStore, who: Principal, name: str, before: int | None, limit: int
) -> Sequence[Asset]:
    """The versions of an asset, newest first. Whoever sees it by a job sees that version alone."""
    found = visible_asset(assets, who, name)
    every = assets.versions(who.organization, found.handle, before, limit)
    return [each for each in every if sees_asset(assets, who, each)]
