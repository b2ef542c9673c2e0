"""Where bytes and items are kept, and how bytes from outside come in."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from jobmill.core.ids import AssetNumber, FolderNumber, ItemNumber, OrganizationNumber, UserNumber
from jobmill.core.items.model import HeldAsset, Item, ItemKind


class ItemOrder(StrEnum):
    """By which time a list of items is sorted."""

    CREATED = "created_at"
    UPDATED = "updated_at"
    STARTS = "starts_at"
    ENDS = "ends_at"


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Items whose time of this kind lies from `since` up to `until`; ends count unless excluded."""

    of: ItemOrder
    since: datetime | None = None
    until: datetime | None = None
    without_since: bool = False
    without_until: bool = False


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items to list: a page of those of a kind, cuts left out.

    With `numbers` these alone, with `folder` those filed in it; with `seen_by` those that this
    user owns or sees because of a job.
    """

    organization: OrganizationNumber
    kind: ItemKind
    numbers: tuple[int, ...] | None = None
    spans: tuple[TimeSpan, ...] = ()
    order: ItemOrder = ItemOrder.CREATED
    descending: bool = True
    offset: int = 0
    limit: int = 30
    seen_by: UserNumber | None = None
    folder: FolderNumber | None = None


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
        *,
        lasting: bool = False,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> Item:
        """Create an item that holds these assets."""

    def save(self, item: Item) -> None:
        """Write its name, extras and times."""

    def find(self, query: ItemQuery) -> Sequence[Item]:
        """A page of items."""

    def hold(
        self,
        item: ItemNumber,
        role: str,
        asset: AssetNumber,
        at: datetime,
        *,
        main: bool = False,
        task: int | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> int:
        """Put one more asset into a role; the number of the place. A main one takes the place of
        the role's main one."""

    def held(self, items: Sequence[ItemNumber]) -> Sequence[HeldAsset]:
        """The assets that items hold beside those they were made with, oldest first."""

    def holding(self, asset: AssetNumber) -> HeldAsset | None:
        """The place that an asset has in an item, if it has one."""

    def save_held(self, held: HeldAsset) -> None:
        """Write a place's role, extras, and whether it is the main one."""

    def release(self, number: int) -> None:
        """The item holds this asset no longer."""

    def get(self, number: ItemNumber) -> Item | None:
        """The item of this number."""

    def by_id(self, organization: OrganizationNumber, id: str) -> Item | None:  # noqa: A002
        """The organization's item of this id."""

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


class Receiving(Protocol):
    """Bytes on their way into a blob store."""

    @property
    def path(self) -> Path:
        """A file with what was written so far; an open one can be read to its end in any case."""

    async def write(self, piece: bytes) -> None:
        """Append. Raises TooLarge beyond the limit, Unavailable when there is no room."""

    async def keep(self) -> StoredBytes:
        """That was all of it: make it a blob. Raises Unavailable."""


class BlobStore(Protocol):
    """Bytes by SHA-256. Writing the same bytes twice is harmless; half-written ones never show."""

    async def put(
        self, organization: OrganizationNumber, chunks: AsyncIterator[bytes], max_bytes: int
    ) -> StoredBytes:
        """Take bytes in. Raises TooLarge beyond `max_bytes`, leaving nothing behind."""

    def receiving(
        self, organization: OrganizationNumber, max_bytes: int
    ) -> AbstractAsyncContextManager[Receiving]:
        """Take bytes in bit by bit, to be read meanwhile; what is not kept within is gone."""

    async def put_file(self, organization: OrganizationNumber, path: Path) -> StoredBytes:
        """Take a finished file in (it may be moved)."""

    def holding(self) -> AbstractAsyncContextManager[None]:
        """What is put within the block stays at least until its end, whoever deletes it.

        To be used around a put and the transaction that names what was put.
        """

    async def read(
        self, organization: OrganizationNumber, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end` (exclusive), in pieces."""

    def local_path(
        self, organization: OrganizationNumber, sha256: str
    ) -> AbstractAsyncContextManager[Path]:
        """A readable file with the bytes, for the time of the context."""

    def local_paths(
        self, organization: OrganizationNumber, sha256s: Sequence[str]
    ) -> AbstractAsyncContextManager[Sequence[Path]]:
        """`local_path` of many blobs at once, in their order."""

    def older_than(self, seconds: float) -> Iterator[tuple[OrganizationNumber, StoredBytes]]:
        """Every blob that was put longer ago than this. Blocking, and long where there are many."""

    async def delete(self, organization: OrganizationNumber, sha256: str) -> None:
        """Remove the bytes, unless they are held; nothing happens when they are gone already."""

    async def delete_all(self, blobs: Sequence[tuple[OrganizationNumber, str]]) -> None:
        """The same for many, in as few requests as the store allows."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a guarded fetch brought."""

    stored: StoredBytes
    media_type: str
    name: str


class Fetching(Protocol):
    """An address whose bytes are coming. They are kept as they come, whoever reads them or not."""

    @property
    def media_type(self) -> str:
        """What its server calls them."""

    @property
    def name(self) -> str:
        """A name for them."""

    def pieces(self) -> AsyncIterator[bytes]:
        """All bytes from the first, as they come; to be asked for once.

        Raises FetchFailed, TooLarge, Unavailable when they stop coming before their end.
        """

    async def fetched(self) -> Fetched:
        """Wait until everything is in the blob store. Raises as `pieces`."""


class Fetcher(Protocol):
    """Brings bytes from an address, refusing addresses that are not public (DESIGN §10)."""

    def check(self, url: str) -> None:
        """Raise InvalidInput when the address can never be fetched (scheme, port, literal IP)."""

    async def fetch(
        self,
        organization: OrganizationNumber,
        url: str,
        accept: Callable[[str], None] | None = None,
    ) -> Fetched:
        """Fetch into the blob store. Raises AddressNotAllowed, FetchFailed, TooLarge.

        `accept` is called with the media type before the bytes come; what it raises ends the fetch.
        """

    def stream(
        self, organization: OrganizationNumber, url: str
    ) -> AbstractAsyncContextManager[Fetching]:
        """Fetch into the blob store and read meanwhile. Entering raises as `fetch`, for what the
        head of the answer tells; at the end of the block a fetch that still runs is given up."""


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

    def open_folder(self, organization: OrganizationNumber, path: str) -> Path:
        """The real folder, links resolved and still under a root. Raises like `open_path`."""
