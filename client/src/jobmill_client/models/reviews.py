"""Questions to people: who holds them, what they answered, what that changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.accounts import User


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a review, and until when."""

    user: User | None = None
    taken_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What one person answered: `kind` is `confirm`, `edit` or `send_back` (then `to` a task)."""

    id: str
    user: User | None = None
    kind: str = ""
    comment: str = ""
    to: str | None = None
    changes: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A question to people about one document of a job. `mine` is your own claim."""

    id: str
    job: str = ""
    job_name: str | None = None
    pipeline: str | None = None
    task: str = ""
    step: str = ""
    state: str = ""
    outcome: str | None = None
    question: str = ""
    confidence: float | None = None
    people: int = 1
    agreement: str = ""
    claims: tuple[Claim, ...] = ()
    mine: Claim | None = None
    may_answer: bool = False
    arbiter: bool = False
    answers_given: int = 0
    answers: tuple[ReviewAnswer, ...] = ()
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """One difference that an answer made, at a JSON pointer: from `before` to `after`."""

    path: str
    op: str = ""
    review: str = ""
    task: str = ""
    step: str = ""
    answer: str = ""
    user: User | None = None
    at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def before(self) -> Any:
        """What was there; None where nothing was."""
        return self.raw.get("before")

    @property
    def after(self) -> Any:
        """What is there now; None where nothing is."""
        return self.raw.get("after")
