"""Where reviews are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobmill.core.ids import JobNumber, OrganizationNumber, TaskNumber, UserNumber
from jobmill.core.items import Blob
from jobmill.core.reviews.model import (
    Answer,
    Claim,
    ClaimEnd,
    Document,
    Draft,
    NewAnswer,
    NewReview,
    Outcome,
    RecordedChange,
    Review,
    ReviewNumber,
    ReviewState,
)


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """Which reviews to list, oldest first, with numbers above `after`.

    `holder`: only those that this user has a live claim on; `claimed`: only those that somebody
    has, or nobody. With `seen_by` those of jobs that this user owns or collaborates on.
    """

    organization: OrganizationNumber
    now: datetime
    states: tuple[ReviewState, ...] = (ReviewState.OPEN,)
    steps: tuple[str, ...] = ()
    job: JobNumber | None = None
    pipelines: tuple[str, ...] = ()
    holder: UserNumber | None = None
    claimed: bool | None = None
    seen_by: UserNumber | None = None
    after: int = 0
    limit: int = 50


class ReviewStore(Protocol):
    """Review rows and all that hangs on them, inside one unit of work.

    Blob counts follow the documents of drafts and answers.
    """

    def open(self, new: NewReview, at: datetime) -> Review:
        """A question is put to people."""

    def of_task(self, task: TaskNumber) -> Review | None:
        """The open review of a task."""

    def of_jobs(self, jobs: Sequence[JobNumber]) -> Sequence[Review]:
        """The open reviews of these jobs, oldest first."""

    def get(self, organization: OrganizationNumber, id: str) -> Review | None:  # noqa: A002
        """The review of this id, unless its job is deleted."""

    def find(self, query: ReviewQuery) -> Sequence[Review]:
        """A page of reviews."""

    def close(self, review: ReviewNumber, outcome: Outcome, at: datetime) -> Sequence[Blob]:
        """Nobody is asked any more: live claims end, drafts go. Returns blobs nothing uses now."""

    def claims(self, review: ReviewNumber) -> Sequence[Claim]:
        """The claims that nobody has ended, those whose time is over included, oldest first."""

    def claims_of(self, reviews: Sequence[ReviewNumber]) -> Sequence[Claim]:
        """Those of several reviews."""

    def claim(self, review: ReviewNumber, user: UserNumber, at: datetime, until: datetime) -> Claim:
        """Somebody's turn begins."""

    def extend(self, claim: int, until: datetime) -> None:
        """It lasts so long."""

    def end_claim(self, claim: int, end: ClaimEnd, at: datetime) -> None:
        """It is over."""

    def lapsed(self, review: ReviewNumber, user: UserNumber) -> datetime | None:
        """When a user's last claim expired, if that is how it ended."""

    def expired(self, now: datetime, limit: int) -> Sequence[tuple[JobNumber, Claim]]:
        """Claims whose time is over though nobody has ended them, the longest first."""

    def next_expiry(self) -> datetime | None:
        """When the next claim expires."""

    def ask_until(self, review: ReviewNumber, until: datetime, retries: int) -> None:
        """So long it may be answered, having been asked anew so often."""

    def overdue(self, now: datetime, limit: int) -> Sequence[Review]:
        """Open reviews whose time is over, the longest first."""

    def next_due(self) -> datetime | None:
        """When the time of the next open review is over."""

    def leave_out_late(self, review: ReviewNumber) -> None:
        """Those whose claims have expired are not asked any more."""

    def left_out(self, review: ReviewNumber) -> frozenset[UserNumber]:
        """Who is not asked any more."""

    def save_draft(
        self, review: Review, user: UserNumber, document: Document, at: datetime
    ) -> Sequence[Blob]:
        """Take the place of the user's draft; returns blobs nothing uses any more."""

    def draft(self, review: ReviewNumber, user: UserNumber) -> Draft | None:
        """What the user has made so far."""

    def answer(self, review: Review, new: NewAnswer, at: datetime) -> Answer:
        """Keep an answer with its changes."""

    def answers(self, review: ReviewNumber) -> Sequence[Answer]:
        """All answers, in their order."""

    def changes(
        self,
        job: JobNumber,
        review: ReviewNumber | None,
        hidden: Sequence[ReviewNumber],
        viewer: UserNumber,
        after: tuple[int, int],
        limit: int,
    ) -> Sequence[RecordedChange]:
        """A page of what answers changed, behind (answer's number, position): of a review, or of
        all of the job; of `hidden` reviews only what the viewer answered."""

    def remove_job(self, job: JobNumber) -> Sequence[Blob]:
        """Delete all reviews of a job; returns blobs nothing uses any more."""
