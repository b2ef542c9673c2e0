"""Between the rows of reviews and the records of the core."""

import json
from typing import Any

from jobmill.adapters.sql.connection import Row, instant, moment
from jobmill.core.ids import JobId, JobNumber, OrganizationNumber, TaskNumber, UserNumber
from jobmill.core.pipelines.review_spec import stored_spec
from jobmill.core.reviews.model import (
    Answer,
    AnswerKind,
    Claim,
    Document,
    DocumentChange,
    Outcome,
    RecordedChange,
    Review,
    ReviewId,
    ReviewNumber,
    ReviewState,
)

REVIEWS = """SELECT review.*, job.id AS job_id, job.name AS job_name, job.pipeline,
       task.name AS task_name, task.review AS spec
FROM review JOIN job ON job.number = review.job JOIN task ON task.number = review.task"""


def review_of(row: Row) -> Review:
    """A row of `REVIEWS`."""
    return Review(
        number=ReviewNumber(row["number"]),
        id=ReviewId(row["id"]),
        organization=OrganizationNumber(row["organization"]),
        job=JobNumber(row["job"]),
        job_id=JobId(row["job_id"]),
        task=TaskNumber(row["task"]),
        task_name=row["task_name"],
        spec=stored_spec(json.loads(row["spec"])),
        generation=row["generation"],
        state=ReviewState(row["state"]),
        opened_at=instant(row["opened_at"]),
        confidence=row["confidence"],
        outcome=row["outcome"] and Outcome(row["outcome"]),
        closed_at=moment(row["closed_at"]),
        job_name=row["job_name"],
        pipeline=row["pipeline"],
        due_at=moment(row["due_at"]),
        retries=row["retries"],
    )


def claim_of(row: Row) -> Claim:
    """A row of `review_claim`."""
    return Claim(
        row["number"],
        ReviewNumber(row["review"]),
        UserNumber(row["user"]),
        instant(row["taken_at"]),
        instant(row["expires_at"]),
    )


def answer_of(row: Row) -> Answer:
    """A row of `review_answer`."""
    return Answer(
        number=row["number"],
        id=row["id"],
        review=ReviewNumber(row["review"]),
        user=UserNumber(row["user"]),
        kind=AnswerKind(row["kind"]),
        at=instant(row["at"]),
        digest=row["digest"],
        comment=row["comment"],
        to=row["target"],
        document=None if row["size"] is None else document_of(row),
        changes=row["changes"],
    )


def document_of(row: Row) -> Document:
    """The columns of a document, which is there."""
    return Document(row["size"], row["document"], row["sha256"], row["media_type"])


def document_columns(document: Document | None) -> dict[str, Any]:
    """A document, or that there is none, as columns."""
    if document is None:
        return dict.fromkeys(("size", "document", "sha256", "media_type"))
    return {
        "size": document.size,
        "document": document.text,
        "sha256": document.sha256,
        "media_type": document.media_type,
    }


def change_of(row: Row, answer: Answer, review: Review) -> RecordedChange:
    """A row of `review_change`."""
    change = DocumentChange(row["op"], row["path"], _loaded(row["before"]), _loaded(row["after"]))
    return RecordedChange(row["position"], change, answer, review)


def _loaded(text: str | None) -> Any:
    return None if text is None else json.loads(text)
