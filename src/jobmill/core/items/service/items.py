"""Use cases on items: make, see, list and change them, and put assets into their roles.

What ends an item's jobs too is among the use cases of jobs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.errors import AssetNotFound
from jobmill.core.ids import ItemNumber
from jobmill.core.items.access import owned_asset, owned_item, visible_item
from jobmill.core.items.asset_ports import AssetStore
from jobmill.core.items.model import Asset, HeldAsset, Item, ItemKind
from jobmill.core.items.ports import ItemQuery, ItemStore

SOURCE = "source"


@dataclass(frozen=True, slots=True)
class NewItem:
    """The item that is wanted."""

    name: str
    kind: ItemKind = ItemKind.RECORDING
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    extras: Mapping[str, Any] | None = None


def create_item(items: ItemStore, who: Principal, new: NewItem, now: datetime) -> Item:
    """An item without assets, which stays until it is deleted."""
    who.require(Right.ASSETS_WRITE)
    return items.add(
        who.organization,
        new.kind,
        new.name,
        now,
        {},
        new.extras or {},
        owner=who.user,
        lasting=True,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
    )


def change_item(items: ItemStore, who: Principal, item: Item, now: datetime) -> Item:
    """Write an item that was changed by its owner."""
    owned_item(items, who, item.number)
    changed = replace(item, updated_at=now)
    items.save(changed)
    return changed


def list_items(items: ItemStore, who: Principal, query: ItemQuery) -> Sequence[Item]:
    """A page of the items that the caller sees."""
    who.require(Right.JOBS_READ)
    return items.find(replace(query, organization=who.organization, seen_by=seen_by(who)))


def assets_of(
    items: ItemStore, assets: AssetStore, wanted: Iterable[Item]
) -> Mapping[ItemNumber, Sequence[HeldAsset]]:
    """All assets of these items, oldest first: those they were made with, then the others."""
    found: dict[ItemNumber, list[HeldAsset]] = {}
    for item in wanted:
        found[item.number] = [
            HeldAsset(0, item.number, role, asset, asset.created_at)
            for role, number in item.assets.items()
            if (asset := assets.get(number)) is not None
        ]
    for held in items.held(list(found)):
        found[held.item].append(held)
    return found


def hold_asset(
    items: ItemStore,
    who: Principal,
    number: ItemNumber,
    role: str,
    asset: Asset,
    now: datetime,
    *,
    main: bool = False,
    task: int | None = None,
    extras: Mapping[str, Any] | None = None,
) -> HeldAsset:
    """Put an asset into a role of an item of the caller's."""
    owned_item(items, who, number)
    place = items.hold(number, role, asset.number, now, main=main, task=task, extras=extras)
    return HeldAsset(place, number, role, asset, now, main, task, extras or {})


def held_asset(
    items: ItemStore, assets: AssetStore, who: Principal, asset: Asset
) -> tuple[Item, HeldAsset]:
    """The item that holds an asset, and the place. Raises AssetNotFound when none does."""
    place = items.holding(asset.number)
    if place is not None:
        return visible_item(items, who, place.item), place
    raise AssetNotFound(f"The asset {asset.handle!r} is in no item.")


def change_held(items: ItemStore, assets: AssetStore, who: Principal, held: HeldAsset) -> None:
    """Write a place of an asset that is the caller's."""
    owned_asset(assets, who, held.asset.handle)
    items.save_held(held)
