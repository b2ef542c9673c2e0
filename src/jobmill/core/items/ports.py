"""Where bytes and their names are kept, and how bytes from outside come in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from jobmill.core.ids import AssetId, AssetNumber, ItemNumber, OrganizationNumber, UserNumber
from jobmill.core.items.model import Asset, AssetSource, AssetState, Blob, Item, ItemKind


@dataclass(frozen=True, slots=True)
class AssetUses:
    """How many jobs work on an asset."""

    open_jobs: int
    ended_jobs: int


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
    ) -> Asset:
        """Create an asset; with a blob, count one more use of it. Without an owner it is the
        organization's."""

    def get(self, number: AssetNumber) -> Asset | None:
        """The asset of this number."""

    def by_id(self, organization: OrganizationNumber, id: AssetId) -> Asset | None:  # noqa: A002
        """The organization's asset of this id."""

    def attach_blob(self, number: AssetNumber, blob: Blob, media_type: str | None) -> None:
        """The bytes have arrived: the asset becomes ready."""

    def remove(self, number: AssetNumber) -> Blob | None:
        """Delete the asset, unless a job still works on it.

        Returns its blob when nothing uses that any more.
        """

    def unused(self, organization: OrganizationNumber, blobs: Sequence[Blob]) -> Sequence[Blob]:
        """Those of these blobs that nothing in the organization uses."""

    def purge(self, number: AssetNumber) -> Blob | None:
        """Keep the handle without its bytes; returns the blob when nothing uses it any more."""

    def shown_by_job(self, number: AssetNumber, user: UserNumber) -> bool:
        """Whether the user owns or collaborates on a job that works on the asset; both are of one
        organization."""

    def uses(self, number: AssetNumber) -> AssetUses:
        """How many jobs work on the asset, and how many of them have ended."""


class ItemStore(Protocol):
    """Item rows, inside one unit of work."""

    def add(
        self,
        organization: OrganizationNumber,
        kind: ItemKind,
        name: str,
        at: datetime,
        assets: Mapping[str, AssetNumber],
        extras: Mapping[str, Any],
        cut_of: ItemNumber | None = None,
        owner: UserNumber | None = None,
    ) -> Item:
        """Create an item that holds these assets."""

    def get(self, number: ItemNumber) -> Item | None:
        """The item of this number."""

    def list(
        self,
        organization: OrganizationNumber,
        kind: ItemKind,
        before: int | None,
        limit: int,
        seen_by: UserNumber | None = None,
    ) -> list[Item]:
        """Items of a kind, newest first, with numbers below `before`.

        With `seen_by` those that this user owns, or sees because of a job; without, all.
        """

    def shown_by_job(self, number: ItemNumber, user: UserNumber) -> bool:
        """Whether the user owns or collaborates on a job that works on the item; both are of one
        organization."""

    def cuts_of(self, number: ItemNumber) -> Sequence[Item]:
        """The items that are parts of this one, oldest first."""

    def remove(self, number: ItemNumber) -> None:
        """Delete the item and its cuts, unless a job still belongs to it; the assets stay."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """What a blob store says of bytes that it has taken in."""

    sha256: str
    size: int


class BlobStore(Protocol):
    """Bytes by SHA-256. Writing the same bytes twice is harmless; half-written ones never show."""

    async def put(
        self, organization: OrganizationNumber, chunks: AsyncIterator[bytes], max_bytes: int
    ) -> StoredBytes:
        """Take bytes in. Raises TooLarge beyond `max_bytes`, leaving nothing behind."""

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        """Take a finished file in (it may be moved)."""

    async def read(
        self, organization: OrganizationNumber, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end` (exclusive), in pieces."""

    def local_path(
        self, organization: OrganizationNumber, sha256: str
    ) -> AbstractAsyncContextManager[Path]:
        """A readable file with the bytes, for the time of the context."""

    async def delete(self, organization: OrganizationNumber, sha256: str) -> None:
        """Remove the bytes; nothing happens when they are gone already."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a guarded fetch brought."""

    stored: StoredBytes
    media_type: str
    name: str


class Fetcher(Protocol):
    """Brings bytes from an address, refusing addresses that are not public (DESIGN §10)."""

    def check(self, url: str) -> None:
        """Raise InvalidInput when the address can never be fetched (scheme, port, literal IP)."""

    async def fetch(self, organization: OrganizationNumber, url: str) -> Fetched:
        """Fetch into the blob store. Raises AddressNotAllowed, FetchFailed, TooLarge."""


class MediaRoots(Protocol):
    """The folders whose files may be named by path. They belong to an organization."""

    def locate(self, organization: OrganizationNumber, path: str) -> Path:
        """The place that a path or `file://` address names, under a root (it may not exist).

        Raises PathNotAllowed for a path outside every root, with `..`, or malformed.
        """

    def open_path(self, organization: OrganizationNumber, path: str) -> Path:
        """The real file, links resolved and still under a root.

        Raises InputMissing when there is none, PathNotAllowed when a link leads out.
        """
