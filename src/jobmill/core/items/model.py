"""Records of bytes. A blob belongs to one organization and is counted; an asset may outlive it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobmill.core.ids import AssetId, AssetNumber, ItemNumber, OrganizationNumber, UserNumber


class AssetState(StrEnum):
    """Whether an asset's bytes can be had."""

    AWAITING = "awaiting"
    READY = "ready"
    PURGED = "purged"


class AssetSource(StrEnum):
    """Where an asset's bytes come from."""

    UPLOAD = "upload"
    PATH = "path"
    URL = "url"
    TASK = "task"


class ItemKind(StrEnum):
    """What a container of assets stands for."""

    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Blob:
    """Immutable bytes, named by their SHA-256 (lower-case hex) within one organization."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A named handle on bytes. With source `path` the bytes stay where they lie, under a root.

    `location` is the path under a media root, or the address, that the bytes come from.
    """

    number: AssetNumber
    id: AssetId
    organization: OrganizationNumber
    name: str
    media_type: str
    source: AssetSource
    state: AssetState
    created_at: datetime
    location: str | None = None
    blob: Blob | None = None
    owner: UserNumber | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A named container of assets in roles, such as the recording that a job looked at.

    With `cut_of` it is a part of another item, whose assets it shares; `extras` say which part.
    """

    number: ItemNumber
    id: str
    organization: OrganizationNumber
    kind: ItemKind
    name: str
    created_at: datetime
    assets: Mapping[str, AssetNumber] = field(default_factory=dict)
    cut_of: ItemNumber | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    owner: UserNumber | None = None
