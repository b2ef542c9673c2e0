"""Pages by creation: where the next one begins, as the vendor's opaque `after`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jobmill.core.errors import InvalidInput

USUAL, MOST = 50, 1000


@dataclass(frozen=True, slots=True)
class PageAsked:
    """`since` is the moment of the last row shown, of which `seen` were shown already."""

    size: int
    descending: bool
    since: datetime | None = None
    seen: int = 0


def page_from(first: int | None, after: Any, direction: str | None) -> PageAsked:
    """The page that is asked for. Raises InvalidInput."""
    size = USUAL if first is None else first
    if not 1 <= size <= MOST:
        raise InvalidInput(f"first: give 1 to {MOST}.", field="first")
    descending = direction != "ASC"
    if not after:
        return PageAsked(size, descending)
    try:
        since, seen = datetime.fromisoformat(after["created"]), int(after["seen"])
    except (KeyError, TypeError, ValueError):
        raise _unknown() from None
    if since.tzinfo is None or not 0 < seen < 2**31:
        raise _unknown()
    return PageAsked(size, descending, since, seen)


def _unknown() -> InvalidInput:
    return InvalidInput("after: send what the last page gave as its `after`.", field="after")


def after_page(asked: PageAsked, moments: list[datetime]) -> dict[str, Any] | None:
    """Where the next page begins, behind rows of these moments; None when there is none.

    One row more than the page has was asked for, so that its end is known.
    """
    if len(moments) <= asked.size:
        return None
    shown = moments[: asked.size]
    last = shown[-1]
    seen = sum(moment == last for moment in shown)
    if last == asked.since:
        seen += asked.seen
    return {"created": last.astimezone(UTC).isoformat(), "seen": seen}
