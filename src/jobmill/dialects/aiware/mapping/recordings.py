"""Recordings (TDOs) in the vendor's words: what is kept of one beside our item's own fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobmill.core.items import Item
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
USUAL_STATUS = "downloaded"


def extras_from(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of an input goes into the item's extras."""
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
