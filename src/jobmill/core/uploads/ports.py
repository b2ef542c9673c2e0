"""Where uploads are kept: rows, and the bytes that have come so far."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from jobmill.core.ids import AssetId, OrganizationNumber
from jobmill.core.uploads.model import Upload


class UploadStore(Protocol):
    """Upload rows, inside one unit of work."""

    def add(self, upload: Upload) -> None:
        """Keep a new upload."""

    def get(self, organization: OrganizationNumber, id: str) -> Upload | None:  # noqa: A002
        """The organization's upload of this id."""

    def extend(self, id: str, expires_at: datetime) -> None:  # noqa: A002
        """Bytes have come: it may go on until then."""

    def finish(self, id: str, asset: AssetId, at: datetime) -> None:  # noqa: A002
        """The asset has the bytes."""

    def remove(self, id: str) -> None:  # noqa: A002
        """Delete the row."""

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        """Uploads whose time is over, the longest first."""

    def next_end(self, now: datetime) -> datetime | None:
        """When the next upload's time will be over."""


class SpoolFile(Protocol):
    """The bytes of one upload, held by one writer."""

    @property
    def offset(self) -> int:
        """How many bytes there are."""

    async def append(self, chunks: AsyncIterator[bytes], cap: int) -> None:
        """Add bytes as they come; what came before a cut stays. Raises TooLarge beyond `cap`."""

    async def cut(self, offset: int) -> None:
        """Forget what came after this."""


class UploadSpool(Protocol):
    """Bytes of uploads under way. They survive the death of the process."""

    async def create(self, id: str) -> None:  # noqa: A002
        """Room for an upload."""

    async def offset(self, id: str) -> int:  # noqa: A002
        """How many bytes have come; 0 without a file. Waits for an end that is under way."""

    def ending(self, id: str) -> AbstractAsyncContextManager[Path]:  # noqa: A002
        """The file, to be taken when it is whole; whoever else would end the upload waits."""

    def held(self, id: str) -> AbstractAsyncContextManager[SpoolFile]:  # noqa: A002
        """Hold the upload for writing. Raises UploadLocked while another writer has it."""

    async def discard(self, id: str) -> None:  # noqa: A002
        """Remove the bytes."""
