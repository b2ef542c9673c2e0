"""What happened, in past participles. Written in the transaction of the change that it reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobmill.core.ids import JobNumber


class EventType(StrEnum):
    """All kinds of events."""

    JOB_CREATED = "job.created"
    JOB_STARTED = "job.started"
    JOB_CANCELLING = "job.cancelling"
    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    JOB_EXPIRED = "job.expired"
    JOB_PAUSED = "job.paused"
    JOB_RESUMED = "job.resumed"
    JOB_PARKED = "job.parked"
    JOB_UNPARKED = "job.unparked"
    JOB_UPDATED = "job.updated"
    JOB_MARKED = "job.marked"
    JOB_OUTPUT_EDITED = "job.output_edited"
    JOB_RETRIED = "job.retried"
    JOB_RESTARTED = "job.restarted"
    JOB_REWOUND = "job.rewound"
    BATCH_COMPLETED = "batch.completed"
    BATCH_FAILED = "batch.failed"
    BATCH_PARTIAL = "batch.partial"
    TASK_READY = "task.ready"
    TASK_CLAIMED = "task.claimed"
    TASK_STARTED = "task.started"
    TASK_DONE = "task.done"
    TASK_FAILED = "task.failed"
    TASK_RETRYING = "task.retrying"
    TASK_CANCELLED = "task.cancelled"
    TASK_SKIPPED = "task.skipped"
    TASK_RECOVERED = "task.recovered"
    REVIEW_OPENED = "review.opened"
    REVIEW_PASSED = "review.passed"
    REVIEW_CLAIMED = "review.claimed"
    REVIEW_RELEASED = "review.released"
    REVIEW_LAPSED = "review.lapsed"
    REVIEW_TIMED_OUT = "review.timed_out"
    REVIEW_ANSWERED = "review.answered"
    REVIEW_CLOSED = "review.closed"
    TASK_ADDED = "task.added"
    TASK_ROUTED = "task.routed"
    TASK_REMOVED = "task.removed"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact about a job, or about one of its tasks (by name)."""

    type: EventType
    task: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as it stands in the log; `number` rises by commit and is the stream's position."""

    number: int
    job: JobNumber
    type: EventType
    at: datetime
    task: str | None
    data: Mapping[str, Any]
