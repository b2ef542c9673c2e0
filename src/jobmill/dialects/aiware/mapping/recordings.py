"""Recordings (TDOs) and assets in the vendor's words, and what is kept beside our own fields."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from jobmill.core.items import HeldAsset, Item, ItemOrder, TimeSpan
from jobmill.core.items.service.items import SOURCE, NewItem
from jobmill.core.jobs.service.items import Cleaning
from jobmill.dialects.aiware.mapping.create_job import EXTRAS

# What of an input is kept as it was written, and shown again.
KEPT = (
    "status",
    "description",
    "source",
    "isPublic",
    "details",
    "sourceData",
    "applicationId",
    "thumbnailUrl",
    "sourceImageUrl",
)
KEPT_OF_ASSET = (
    "description",
    "details",
    "jsondata",
    "sourceData",
    "fileData",
    "isUserEdited",
    "name",
    "md5sum",
)
USUAL_NAME = "recording"
USUAL_STATUS = "downloaded"
USUAL_LENGTH = timedelta(minutes=15)
MEDIA = "media"
ORDERS: Mapping[str, ItemOrder] = {
    "createdDateTime": ItemOrder.CREATED,
    "modifiedDateTime": ItemOrder.UPDATED,
    "startDateTime": ItemOrder.STARTS,
    "stopDateTime": ItemOrder.ENDS,
}
CLEANING: Mapping[str, Cleaning] = {
    "storage": Cleaning.STORAGE,
    "searchIndex": Cleaning.SEARCH,
    "engineResults": Cleaning.RESULTS,
}
USUAL_CLEANING = ("storage", "searchIndex")


def new_item_from(given: Mapping[str, Any], now: datetime, name: str | None = None) -> NewItem:
    """The item that an input asks for."""
    begins: datetime = given.get("startDateTime") or now
    return NewItem(
        given.get("name") or name or USUAL_NAME,
        starts_at=begins,
        ends_at=given.get("stopDateTime") or begins + USUAL_LENGTH,
        extras={EXTRAS: extras_from(given)},
    )


def extras_from(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of a TDO's input goes into the item's extras."""
    return {key: given[key] for key in KEPT if given.get(key) is not None}


def kept_of(item: Item) -> Mapping[str, Any]:
    """What a client wrote of the item; empty for one that was made elsewhere."""
    found: Mapping[str, Any] = item.extras.get(EXTRAS) or {}
    return found


def starts_at(item: Item) -> datetime:
    """When the recording began; that of an item made elsewhere when it was made."""
    return item.starts_at or item.created_at


def ends_at(item: Item) -> datetime:
    """When the recording ended."""
    return item.ends_at or starts_at(item)


def asset_extras_from(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of an asset's input goes into the extras of its place in the item."""
    return {EXTRAS: {key: given[key] for key in KEPT_OF_ASSET if given.get(key) is not None}}


def kept_of_asset(held: HeldAsset) -> Mapping[str, Any]:
    """What a client wrote of the asset."""
    found: Mapping[str, Any] = held.extras.get(EXTRAS) or {}
    return found


def asset_type(held: HeldAsset) -> str:
    """The vendor's type of an asset: its role. What a job was given is media."""
    return MEDIA if held.role == SOURCE else held.role


def asset_type_from(given: Mapping[str, Any], media_type: str) -> str:
    """The type that an input asks for, or what its bytes are."""
    asked = given.get("assetType") or given.get("type")
    if asked:
        return str(asked)
    return "text" if media_type.startswith("text/") else MEDIA


def main_of(assets: Sequence[HeldAsset], kind: str) -> HeldAsset | None:
    """The primary asset of a type: the one that was made so, else the newest."""
    found = [each for each in assets if asset_type(each) == kind]
    return next((each for each in found if each.main), found[-1] if found else None)


def span_from(given: Mapping[str, Any]) -> TimeSpan:
    """A filter by time."""
    return TimeSpan(
        ORDERS[given["field"]],
        given.get("fromDateTime"),
        given.get("toDateTime"),
        bool(given.get("fromDateTimeExclusive")),
        bool(given.get("toDateTimeExclusive")),
    )


def modified_at(item: Item) -> datetime:
    """When it was changed last."""
    return (item.updated_at or item.created_at).astimezone(UTC)
