"""Times as the vendor writes them: ISO 8601 in UTC, to the millisecond."""

from datetime import UTC, datetime


def text_of(at: datetime) -> str:
    """A moment as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
