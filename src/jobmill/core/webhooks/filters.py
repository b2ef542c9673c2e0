"""Which events an endpoint wants: `*`, a subject (`job.*`), or single types. Pure."""

from collections.abc import Iterable

from jobmill.core.errors import InvalidInput
from jobmill.core.events import EventType

PING = "endpoint.ping"
EVERY_JOB = ("job.*",)
ENDS = tuple(
    name
    for name in ("job.completed", "job.failed", "job.cancelled", "job.expired")
    if name in {each.value for each in EventType}
)
"""What a callback gets unless it says otherwise: the ends of its job."""
MAX_PATTERNS = 100


def wants(patterns: Iterable[str], event: str) -> bool:
    """Whether one of the patterns names the event."""
    subject = event.partition(".")[0] + ".*"
    return any(pattern in ("*", event, subject) for pattern in patterns)


def checked_patterns(patterns: Iterable[str], field: str) -> tuple[str, ...]:
    """The patterns, each once. Raises InvalidInput for one that can never match."""
    unique = tuple(dict.fromkeys(patterns))
    if not unique or len(unique) > MAX_PATTERNS:
        raise InvalidInput(
            f"{field}: give 1 to {MAX_PATTERNS} types of events, such as 'job.completed', "
            "'job.*' or '*'.",
            field=field,
        )
    for pattern in unique:
        if pattern != "*" and not any(wants((pattern,), event) for event in EventType):
            known = ", ".join(event.value for event in EventType)
            raise InvalidInput(
                f"{field}: there is no event {pattern!r}.",
                field=field,
                fix=f"Use '*', 'job.*', 'task.*', or some of: {known}.",
            )
    return unique
