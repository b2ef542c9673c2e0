"""Where assets are kept: rows of names and of the blobs that they count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jobmill.core.ids import AssetId, AssetNumber, OrganizationNumber, UserNumber
from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob


@dataclass(frozen=True, slots=True)
class AssetUses:
    """How many jobs work on an asset."""

    open_jobs: int
    ended_jobs: int


@dataclass(frozen=True, slots=True)
class AssetQuery:
    """Which assets to list, newest first, with numbers below `before`.

    `folder` is the beginning of a path (all below it); `path` and `name` are whole. With `seen_by`
    those that this user owns, or sees because of a job; without, all.
    """

    organization: OrganizationNumber
    folder: str | None = None
    path: str | None = None
    name: str | None = None
    states: tuple[AssetState, ...] = ()
    sources: tuple[AssetSource, ...] = ()
    before: int | None = None
    offset: int = 0
    limit: int = 50
    seen_by: UserNumber | None = None


class AssetStore(Protocol):
    """Asset and blob rows, inside one unit of work. Blob counts follow the assets."""

    def add(
        self,
        organization: OrganizationNumber,
        name: str,
        media_type: str,
        source: AssetSource,
        state: AssetState,
        at: datetime,
        location: str | None = None,
        blob: Blob | None = None,
        owner: UserNumber | None = None,
        *,
        path: str | None = None,
        declared_size: int | None = None,
        retain_until: datetime | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> Asset:
        """Create an asset; with a blob, count one more use of it. The path must be free.

        Without an owner it is the organization's.
        """

    def note_extras(self, handle: AssetId, extras: Mapping[str, Any]) -> None:
        """Write the extras of an asset, at all its versions."""

    def retain(self, handle: AssetId, until: datetime | None) -> None:
        """Write when the asset goes, with all its versions; None: it stays."""

    def over(self, now: datetime, limit: int) -> Sequence[Asset]:
        """Current versions of assets whose time is over, the longest first."""

    def next_end(self) -> datetime | None:
        """When the next asset's time is over; past where that waits to be done."""

    def add_version(
        self, before: Asset, name: str, media_type: str, at: datetime, blob: Blob
    ) -> Asset:
        """The current version's successor, ready, of the same owner, at the same path; count a use
        of its blob."""

    def get(self, number: AssetNumber) -> Asset | None:
        """The asset of this number: one version."""

    def by_id(self, organization: OrganizationNumber, id: AssetId) -> Asset | None:  # noqa: A002
        """The current version of the organization's asset of this id."""

    def by_path(self, organization: OrganizationNumber, path: str) -> Asset | None:
        """The current version of the asset at a path."""

    def version(
        self, organization: OrganizationNumber, handle: AssetId, version: int
    ) -> Asset | None:
        """One version of an asset."""

    def versions(
        self, organization: OrganizationNumber, handle: AssetId, before: int | None, limit: int
    ) -> Sequence[Asset]:
        """The versions of an asset, newest first, below the version `before`."""

    def find(self, query: AssetQuery) -> Sequence[Asset]:
        """Current versions, newest first."""

    def count(self, query: AssetQuery) -> int:
        """How many the query matches in all, wherever its page begins and ends."""

    def attach_blob(self, number: AssetNumber, blob: Blob, media_type: str | None) -> None:
        """The bytes have arrived: an asset that awaits them becomes ready."""

    def remove(self, number: AssetNumber) -> Blob | None:
        """Delete the asset, unless a job still works on it.

        Returns its blob when nothing uses that any more.
        """

    def unused(self, organization: OrganizationNumber, blobs: Sequence[Blob]) -> Sequence[Blob]:
        """Those of these blobs that nothing in the organization uses."""

    def purge(self, number: AssetNumber) -> Blob | None:
        """Keep all that is known without the bytes; the blob when nothing uses it any more."""

    def give_up_path(self, handle: AssetId) -> None:
        """The path is free again; of what is left of the asset, the newest version is current."""

    def shown_by_job(self, number: AssetNumber, user: UserNumber) -> bool:
        """Whether the user owns or collaborates on a job that works on the asset, or wrote it; both
        are of one organization."""

    def uses(self, number: AssetNumber) -> AssetUses:
        """How many jobs work on the asset, and how many of them have ended."""
