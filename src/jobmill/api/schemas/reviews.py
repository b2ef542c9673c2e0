"""Reviews as they are shown, and answers as they are sent."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from jobmill.api.schemas.jobs import PREFIX, JobOwner, Word
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, PageQuery, Time
from jobmill.core.accounts import User
from jobmill.core.ids import UserNumber
from jobmill.core.jobs.service.reviews import ReviewView
from jobmill.core.jobs.service.reviews.answering import COMMENT_LIMIT
from jobmill.core.pipelines import Agreement
from jobmill.core.pipelines.review_spec import LEAST_CLAIM_SECONDS, MOST_CLAIM_SECONDS
from jobmill.core.reviews.model import Answer as CoreAnswer
from jobmill.core.reviews.model import (
    AnswerKind,
    Outcome,
    RecordedChange,
    ReviewState,
)
from jobmill.core.reviews.model import Claim as CoreClaim

People = Mapping[UserNumber, User]


class ReviewClaim(Answer):
    """Who holds a review, and until when."""

    user: JobOwner | None
    taken_at: Time
    expires_at: Time

    @classmethod
    def of(cls, claim: CoreClaim, people: People) -> "ReviewClaim":
        return cls(
            user=_person(people, claim.user), taken_at=claim.taken_at, expires_at=claim.expires_at
        )


class ReviewAnswer(Answer):
    """What one person answered."""

    id: str
    user: JobOwner | None
    kind: AnswerKind
    comment: str
    to: str | None = Field(description="Sent back: the task that was done again.")
    changes: int = Field(description="How many changes it made; see `GET …/changes`.")
    at: Time

    @classmethod
    def of(cls, answer: CoreAnswer, people: People) -> "ReviewAnswer":
        return cls(
            id=answer.id,
            user=_person(people, answer.user),
            kind=answer.kind,
            comment=answer.comment,
            to=answer.to,
            changes=answer.changes,
            at=answer.at,
        )


class ReviewLinks(Answer):
    """Where its parts are."""

    self: str
    job: str
    document: str
    draft: str
    changes: str


class Review(Answer):
    """A question to people about one document of a job."""

    id: str
    job: str
    job_name: str | None
    pipeline: str | None
    task: str = Field(description="The name of its task.")
    step: str = Field(description="The role of those who may answer.")
    state: ReviewState
    outcome: Outcome | None
    question: str
    threshold: float
    confidence: float | None = Field(description="What the document says of itself, 0 to 1.")
    people: int = Field(description="How many people must answer.")
    agreement: Agreement
    form: JsonObject | None = Field(description="The JSON Schema of an edited document.")
    generation: int = Field(description="The job's, when it was opened.")
    claim_seconds: int
    claims: list[ReviewClaim] = Field(description="Who holds it now.")
    mine: ReviewClaim | None = Field(description="Your own claim.")
    may_answer: bool = Field(description="Whether its step is yours.")
    arbiter: bool = Field(description="People did not agree: one who sees all answers decides.")
    answers_given: int
    answers: list[ReviewAnswer] = Field(
        description="Where people answer apart, others' are shown when nobody is asked any more."
    )
    opened_at: Time
    closed_at: Time | None
    due_at: Time | None = Field(description="Until when it must be answered, if there is a limit.")
    retries: int = Field(description="How often it was asked anew, having had no answer in time.")
    links: ReviewLinks

    @classmethod
    def of(cls, view: ReviewView) -> "Review":
        review, people = view.review, view.people
        spec = review.spec
        return cls(
            id=review.id,
            job=review.job_id,
            job_name=review.job_name,
            pipeline=review.pipeline,
            task=review.task_name,
            step=review.step,
            state=review.state,
            outcome=review.outcome,
            question=spec.question,
            threshold=spec.threshold,
            confidence=review.confidence,
            people=spec.people,
            agreement=spec.agreement,
            form=None if spec.form is None else dict(spec.form),
            generation=review.generation,
            claim_seconds=spec.claim_seconds,
            claims=[ReviewClaim.of(claim, people) for claim in view.claims],
            mine=None if view.claim is None else ReviewClaim.of(view.claim, people),
            may_answer=view.may_answer,
            arbiter=view.standing.arbiter,
            answers_given=view.given,
            answers=[ReviewAnswer.of(answer, people) for answer in view.answers],
            opened_at=review.opened_at,
            closed_at=review.closed_at,
            due_at=review.due_at,
            retries=review.retries,
            links=_links(review.id, review.job_id),
        )


class ReviewPage(Page[Review]):
    """Reviews, oldest first."""


class ReviewsQuery(PageQuery):
    """Which reviews."""

    state: list[ReviewState] = Field([ReviewState.OPEN], description="Any of these; open ones.")
    step: list[Word] = Field([], description="Any of these.")
    pipeline: list[Word] = Field([], description="Any of these.")
    job: str | None = Field(None, description="Of this job alone, by id or number.")
    mine: bool = Field(False, description="Those alone that you hold.")
    claimed: bool | None = Field(None, description="Those that somebody holds, or nobody.")


class CheckOut(Body):
    """How long to hold a review."""

    seconds: int | None = Field(
        None,
        ge=LEAST_CLAIM_SECONDS,
        le=MOST_CLAIM_SECONDS,
        description="The review's own `claim_seconds` if absent.",
    )


class GiveAnswer(Body):
    """What you make of the document."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"answer": "confirm"},
                {"answer": "edit", "document": {"total": "12.50"}},
                {"answer": "send_back", "to": "points", "comment": "The second page is missing."},
            ]
        }
    )

    answer: Literal["confirm", "edit", "send_back"]
    document: Any = Field(None, description="The whole edited document, for `edit`.")
    comment: str = Field("", max_length=COMMENT_LIMIT, description="Kept with the answer.")
    to: Word | None = Field(
        None, description="For `send_back`: the task to do again; the one before if absent."
    )


class ReviewChange(Answer):
    """One difference that an answer made."""

    review: str
    task: str
    step: str
    answer: str
    user: JobOwner | None
    at: Time
    op: Literal["add", "remove", "replace"]
    path: str = Field(description="A JSON pointer (RFC 6901).", examples=["/points/3/value"])
    before: Any = Field(description="Null where nothing was.")
    after: Any = Field(description="Null where nothing is.")

    @classmethod
    def of(cls, recorded: RecordedChange, people: People) -> "ReviewChange":
        change, answer = recorded.change, recorded.answer
        return cls(
            review=recorded.review.id,
            task=recorded.review.task_name,
            step=recorded.review.step,
            answer=answer.id,
            user=_person(people, answer.user),
            at=answer.at,
            op=change.op,
            path=change.path,
            before=change.before,
            after=change.after,
        )


class ReviewChangePage(Page[ReviewChange]):
    """Changes, in the order in which they were made."""


def _person(people: People, number: UserNumber) -> JobOwner | None:
    user = people.get(number)
    return None if user is None else JobOwner(id=user.id, name=user.name)


def _links(review: str, job: str) -> ReviewLinks:
    here = f"{PREFIX}/reviews/{review}"
    return ReviewLinks(
        self=here,
        job=f"{PREFIX}/jobs/{job}",
        document=f"{here}/document",
        draft=f"{here}/draft",
        changes=f"{here}/changes",
    )
