"""The core's states in the vendor's words, and back."""

from collections.abc import Mapping

from jobmill.core.jobs.states import JobState
from jobmill.dialects.superai import schema as vendor

STATUS: Mapping[JobState, str] = {
    JobState.PARKED: vendor.SCHEDULED,
    JobState.QUEUED: vendor.SCHEDULED,
    JobState.RUNNING: vendor.IN_PROGRESS,
    JobState.BLOCKED: vendor.IN_PROGRESS,
    JobState.CANCELLING: vendor.IN_PROGRESS,
    JobState.PAUSED: vendor.SUSPENDED,
    JobState.COMPLETED: vendor.COMPLETED,
    JobState.FAILED: vendor.FAILED,
    JobState.CANCELLED: vendor.CANCELED,
    JobState.EXPIRED: vendor.EXPIRED,
}


def states_of(status: str) -> tuple[JobState, ...]:
    """The core's states that a status stands for; none for an unknown word."""
    return tuple(state for state, word in STATUS.items() if word == status)
