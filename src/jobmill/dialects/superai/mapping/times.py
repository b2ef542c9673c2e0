"""Times as the vendor writes them: ISO 8601 in UTC, in one spelling a kind of object."""

from datetime import UTC, datetime

from jobmill.core.errors import InvalidInput


def moment_of(at: datetime | None) -> str | None:
    """`2020-02-12T13:41:41.695000+00:00`, as jobs have it; seconds alone where they are whole."""
    return None if at is None else at.astimezone(UTC).isoformat()


def stamp_of(at: datetime) -> str:
    """`2021-03-20T00:24:58.358Z`, as data and ground truth have it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_of(at: datetime) -> str:
    """`2023-07-25 12:29:24 UTC`, as apps have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def read_moment(text: str, field: str) -> datetime:
    """A time with its zone; without one, UTC. Raises InvalidInput."""
    try:
        # A plus that was not escaped in a query has become a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{field}: write a time such as 2026-01-05T08:00:00Z, not {text!r}.", field=field
        ) from None
