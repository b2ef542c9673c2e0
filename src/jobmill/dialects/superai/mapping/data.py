"""Data: assets below the folder of their owner, so that `data://7/in/a.pdf` is one place for the
vendor's programs and for the platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Asset, data_path, is_data_path
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.jobs import EXTRAS
from jobmill.dialects.superai.mapping.times import stamp_of

SCHEME = "data://"
DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class SeenData:
    """An asset, with the number and the time of its first version."""

    asset: Asset
    number: int
    created_at: datetime


def is_address(text: str) -> bool:
    """Whether it names something elsewhere."""
    return text.lower().startswith(("http://", "https://"))


def place_of(text: str, owner: int, field: str = "path") -> str:
    """The platform's path of the vendor's, without `data://`: a relative one is in the caller's own
    storage. Raises InvalidInput."""
    if is_address(text):
        raise InvalidInput(f"{field}: give a path of your storage, not an address.", field=field)
    return data_path(text if is_data_path(text) else f"{owner}/{text.strip('/')}", field)


def in_storage(place: str, owner: int) -> bool:
    """Whether a path lies in the storage of an owner."""
    return place.partition("/")[0] == str(owner)


def own_path(asset: Asset) -> str:
    """The vendor's path: relative to the storage of its owner."""
    path = asset.path or f"{vendor.DEFAULT_FOLDER}/{asset.name}"
    return path.removeprefix(f"{asset.owner}/")


def data_object(
    seen: SeenData, *, status: str = vendor.ACTIVE, updated: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A dataset; `more` are what only some answers have, such as a signed address."""
    asset = seen.asset
    kept: Mapping[str, Any] = asset.extras.get(EXTRAS, {})
    more = {DESCRIPTION: kept.get(DESCRIPTION), **more}
    return {
        "id": seen.number,
        "ownerId": asset.owner,
        "path": own_path(asset),
        "mimeType": asset.media_type,
        "status": status,
        "created": stamp_of(seen.created_at),
        "updated": stamp_of(updated or asset.created_at),
        **{key: value for key, value in more.items() if value is not None},
    }


def data_url(asset: Asset) -> str:
    """What jobs name it by."""
    return f"{SCHEME}{asset.path}"


def signed_object(owner: int | None, path: str, url: str | None) -> Mapping[str, Any]:
    """The answer about a signed address."""
    return {"ownerId": owner, "path": path, "signedUrl": url}
