"""When a delivery is tried again, and when an endpoint is given up. Pure."""

from datetime import datetime, timedelta

SCHEDULE: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The pauses behind the first try, the second …: the table of Standard Webhooks, 3 days in all."""
JITTER = 0.2
MAX_RETRY_AFTER = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=5)
GIVE_UP_FAILURES = 10


def pause_after(attempt: int, jitter: float, asked: float | None) -> timedelta | None:
    """The pause behind the failed try number `attempt` (from 1); None when it was the last.

    `jitter` in [0, 1) makes it up to a fifth longer, never shorter. `asked` is the receiver's own
    wish (`Retry-After`, seconds): it can make the pause longer, up to a day.
    """
    if attempt > len(SCHEDULE):
        return None
    pause = SCHEDULE[attempt - 1] * (1 + JITTER * jitter)
    if asked is None:
        return pause
    return max(pause, timedelta(seconds=min(asked, MAX_RETRY_AFTER.total_seconds())))


def given_up(failing_since: datetime | None, failures: int, now: datetime) -> bool:
    """Whether an endpoint that has only failed since then is taken out of service."""
    if failing_since is None or failures < GIVE_UP_FAILURES:
        return False
    return now - failing_since >= GIVE_UP_AFTER
