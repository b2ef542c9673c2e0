"""The record of a bulk action, with how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobmill.core.ids import JobNumber


class BulkAction(StrEnum):
    """What can be done to many jobs."""

    CANCEL = "cancel"
    RETRY = "retry"
    RESTART = "restart"
    PAUSE = "pause"
    RESUME = "resume"
    PARK = "park"
    UNPARK = "unpark"
    DELETE = "delete"
    EDIT = "edit"
    TAG = "tag"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Bulk:
    """What the job `job` does to all jobs that `filter` matches and that are older than itself.

    `place` is where it has come to, in the order of lists; `user_name`, `rights` and `admin` are
    those of who asked, as whom it acts. `changes` are those of an edit; for tags
    `add_tags` and `remove_tags`, for marks `correct`.
    """

    job: JobNumber
    action: BulkAction
    filter: Mapping[str, Any]
    user_name: str
    rights: frozenset[str]
    admin: bool
    matched: int
    changes: Mapping[str, Any] = field(default_factory=dict)
    place: tuple[datetime, int] | None = None
    changed: int = 0
    skipped: int = 0

    def document(self) -> dict[str, Any]:
        """What it found and did, as the job's result."""
        return {
            "action": self.action.value,
            "matched": self.matched,
            "changed": self.changed,
            "skipped": self.skipped,
        }
