"""A file that came with a request: stored already, and dropped again unless something names it."""

from dataclasses import dataclass

from jobmill.core.items import StoredBytes


@dataclass(slots=True)
class Upload:
    """Bytes in the blob store. `used` is set by whatever gives them a name."""

    stored: StoredBytes
    name: str | None
    media_type: str
    used: bool = False
