"""What a delivery looks like on the wire, as a plug: one `Format` a body and signature.

Formats are pure. The native one is `standard`; a dialect brings its vendor's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.webhooks.model import Due, Message


@dataclass(frozen=True, slots=True)
class Outgoing:
    """All that a format may use. `secrets` are in the clear, the newest first; `extras` is what
    the format's own `gather` has read."""

    message: Message
    sent_at: datetime
    attempt: int
    secrets: Sequence[str]
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A request's own headers and its body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a delivery. `check_secret` raises InvalidInput without naming a field.

    `gather` reads what the body needs beyond the message; it is called with the unit of work that
    leases the delivery, may be called again at each try, and must only read. `events` are those
    that a callback gets unless it says otherwise, if not the usual ones. `bound` gives the format
    as one installation has it, from that one's secret.
    """

    name: str
    render: Callable[[Outgoing], Rendered]
    new_secret: Callable[[], str]
    check_secret: Callable[[str], None]
    gather: Callable[[Any, Due], Mapping[str, Any]] | None = None
    events: tuple[str, ...] | None = None
    bound: Callable[[bytes], "Format"] | None = None


Formats = Mapping[str, Format]


def format_named(formats: Formats, name: str) -> Format:
    """The format of this name. Raises InvalidInput."""
    if name not in formats:
        known = ", ".join(sorted(formats))
        raise InvalidInput(
            f"format: there is no format {name!r}.", field="format", fix=f"Use one of: {known}."
        )
    return formats[name]
