"""A question to people, its claims, what they answered, and what that changed: frozen records."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NewType

from jobmill.core.ids import JobId, JobNumber, OrganizationNumber, TaskNumber, UserNumber
from jobmill.core.items import Blob
from jobmill.core.pipelines import ReviewSpec

ReviewNumber = NewType("ReviewNumber", int)
ReviewId = NewType("ReviewId", str)
JSON_TYPE = "application/json"


class ReviewState(StrEnum):
    """Where a review stands: people are asked, they have answered, or nobody has to any more."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class AnswerKind(StrEnum):
    """What a person makes of the document."""

    CONFIRM = "confirm"
    EDIT = "edit"
    SEND_BACK = "send_back"


class Outcome(StrEnum):
    """How a review came to its end."""

    CONFIRMED = "confirmed"
    EDITED = "edited"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    TIMED_OUT = "timed_out"


class ClaimEnd(StrEnum):
    """Why somebody holds a review no longer."""

    ANSWERED = "answered"
    RELEASED = "released"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Document:
    """JSON text kept with its row, or bytes kept as a blob (`sha256`)."""

    size: int
    text: str | None = None
    sha256: str | None = None
    media_type: str = JSON_TYPE

    @property
    def blob(self) -> Blob | None:
        """The bytes, if they are a blob."""
        return None if self.sha256 is None else Blob(self.sha256, self.size)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's turn: until `expires_at` nobody else may take their place."""

    number: int
    review: ReviewNumber
    user: UserNumber
    taken_at: datetime
    expires_at: datetime

    def live(self, now: datetime) -> bool:
        """Whether it still holds."""
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person made of it. `to` is the task that it goes back to.

    `digest` tells answers apart: equal documents have equal ones. `document` is None where nothing
    was edited.
    """

    number: int
    id: str
    review: ReviewNumber
    user: UserNumber
    kind: AnswerKind
    at: datetime
    digest: str
    comment: str = ""
    to: str | None = None
    document: Document | None = None
    changes: int = 0


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One difference: `op` (`add`, `remove`, `replace`) at a JSON pointer, `before` and `after`."""

    op: Literal["add", "remove", "replace"]
    path: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A difference with whose answer made it."""

    position: int
    change: DocumentChange
    answer: Answer
    review: "Review"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has made so far of a document."""

    document: Document
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """A question put to people about the one document that its task reads.

    With a time limit `due_at` is when it is over; `retries`: how often it was asked anew.
    """

    number: ReviewNumber
    id: ReviewId
    organization: OrganizationNumber
    job: JobNumber
    job_id: JobId
    task: TaskNumber
    task_name: str
    spec: ReviewSpec
    generation: int
    state: ReviewState
    opened_at: datetime
    confidence: float | None = None
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    job_name: str | None = None
    pipeline: str | None = None
    due_at: datetime | None = None
    retries: int = 0

    @property
    def step(self) -> str:
        """The role of those who may answer."""
        return self.spec.step


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review that is to be opened."""

    job: JobNumber
    organization: OrganizationNumber
    task: TaskNumber
    generation: int
    step: str
    confidence: float | None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer that is to be kept."""

    user: UserNumber
    kind: AnswerKind
    digest: str
    comment: str = ""
    to: str | None = None
    document: Document | None = None
    changes: tuple[DocumentChange, ...] = ()
