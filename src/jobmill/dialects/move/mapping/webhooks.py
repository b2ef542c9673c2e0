"""Webhooks in the vendor's words: its events and ours behind them, and what is posted."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import InvalidInput

COMPLETED, FAILED = "ugc.job.state.completed", "ugc.job.state.failed"
# The newer first: who wants an event of ours under both names hears the newer.
EVENTS: Mapping[str, tuple[str, ...]] = {
    COMPLETED: ("job.completed",),
    FAILED: ("job.failed", "job.cancelled", "job.expired"),
    "job.state.started": ("job.started",),
    "job.state.completed": ("job.completed",),
}
USUAL = (COMPLETED, FAILED)
_NEWER = "ugc."
# Spellings of the client's own documentation that the catalogue of events does not have.
ALIASES = {
    "ugc.jobs.operation.completed": COMPLETED,
    "ugc.job.operation.completed": COMPLETED,
}
API = "move-ugc-api"
LONGEST_UID = 255


def known_events(given: Sequence[str] | None) -> list[str]:
    """The vendor's events that are wanted, each once; of none given, all newer ones. Raises
    InvalidInput for an event that there is not."""
    wanted = list(dict.fromkeys(ALIASES.get(each, each) for each in given or USUAL))
    for name in wanted:
        if name not in EVENTS:
            raise InvalidInput(
                f"events: there is no event {name!r}; there are: {', '.join(EVENTS)}.",
                field="events",
            )
    return wanted


def our_events(wanted: Sequence[str]) -> tuple[str, ...]:
    """Our events behind the vendor's."""
    return tuple(dict.fromkeys(ours for name in wanted for ours in EVENTS[name]))


def event_name(wanted: Sequence[str], ours: str) -> str:
    """What an event of ours is called for somebody who wants these; others keep our name."""
    names = [name for name, every in EVENTS.items() if ours in every]
    return next((name for name in names if name in wanted), ours)


def checked_uid(uid: str) -> str:
    """The uid. Raises InvalidInput."""
    if not 0 < len(uid) <= LONGEST_UID or not uid.isprintable():
        raise InvalidInput(f"uid: give 1 to {LONGEST_UID} printable characters.", field="uid")
    return uid


def body_of(name: str, at: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """What is posted. `about` has the client's id, and job and take where there are some."""
    detail: dict[str, Any] = {"api_name": API, "client_id": about["client"]}
    job = about.get("job")
    if name.startswith(_NEWER):
        attributes = {key: about[key] for key in ("job", "take") if about.get(key) is not None}
        detail |= {"event_name": name, "event_attributes": attributes}
    elif job is not None:
        detail["job_id"] = job["id"]
    return {"event_name": name, "timestamp": at, "detail": detail}
