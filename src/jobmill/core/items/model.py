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
    TAKE = "take"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Blob:
    """Immutable bytes, named by their SHA-256 (lower-case hex) within one organization."""

    sha256: str
    size: int


_NO_HANDLE = AssetId("")


@dataclass(frozen=True, slots=True)
class Asset:
    """One version of a named handle on bytes. `handle` is the id that all its versions share.

    With source `path` the bytes stay where they lie, under a root; `location` is that path, or the
    address, that the bytes come from. `path` is its own place in the organization, without
    `data://`. `blob` is there while the bytes are, `facts` also after they were purged. With
    `retain_until` it is deleted then. `extras` are dialects' own furniture, of all its versions.
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
    owner: UserNumber | None = None
    facts: Blob | None = None
    handle: AssetId = _NO_HANDLE
    version: int = 1
    path: str | None = None
    declared_size: int | None = None
    retain_until: datetime | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blob(self) -> Blob | None:
        """The bytes, unless they have been purged or have not come yet."""
        return None if self.state is AssetState.PURGED else self.facts


@dataclass(frozen=True, slots=True)
class Item:
    """A named container of assets in roles, such as the recording that a job looked at.

    With `cut_of` it is a part of another item, whose assets it shares; `extras` say which part.
    `assets` are those that it was made with; further ones are held as `HeldAsset`s. It goes with
    its last job unless it is `lasting`. `starts_at` and `ends_at` are when it was recorded.
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
    lasting: bool = False
    updated_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldAsset:
    """An asset in a role of an item; `main` is the one that counts where only one can.

    `task` is the task that wrote it; `extras` are a dialect's own furniture.
    """

    number: int
    item: ItemNumber
    role: str
    asset: Asset
    created_at: datetime
    main: bool = False
    task: int | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
