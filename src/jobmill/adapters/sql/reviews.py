"""Reviews, their claims, drafts, answers and changes, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.adapters.sql.blobs import release_blob, use_blob
from jobmill.adapters.sql.connection import (
    Connection,
    Row,
    instant,
    micros,
    moment,
    placeholders,
    to_json,
)
from jobmill.adapters.sql.review_lists import changes_of, find_reviews
from jobmill.adapters.sql.review_rows import (
    REVIEWS,
    answer_of,
    claim_of,
    document_columns,
    document_of,
    review_of,
)
from jobmill.core.ids import JobNumber, OrganizationNumber, TaskNumber, UserNumber, new_id
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
from jobmill.core.reviews.ports import ReviewQuery

_OPEN = """INSERT INTO review (id, organization, job, task, generation, step, state, confidence,
                    opened_at, due_at)
VALUES (:id, :organization, :job, :task, :generation, :step, 'open', :confidence, :at, :due_at)"""
_ANSWER = """INSERT INTO review_answer (id, review, user, kind, comment, target, digest, size,
                           document, sha256, media_type, changes, at)
VALUES (:id, :review, :user, :kind, :comment, :target, :digest, :size, :document, :sha256,
        :media_type, :changes, :at)"""
_OF_JOB = "(SELECT number FROM review WHERE job = :job)"
_ANSWERS_OF_JOB = f"(SELECT number FROM review_answer WHERE review IN {_OF_JOB})"  # noqa: S608


class SqlReviewStore:
    """The `ReviewStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def open(self, new: NewReview, at: datetime) -> Review:
        number = self._db.insert(
            _OPEN,
            id=new_id(),
            organization=new.organization,
            job=new.job,
            task=new.task,
            generation=new.generation,
            step=new.step,
            confidence=new.confidence,
            at=micros(at),
            due_at=micros(new.due_at),
        )
        return self._review(ReviewNumber(number))

    def of_task(self, task: TaskNumber) -> Review | None:
        row = self._db.one(
            f"{REVIEWS} WHERE review.task = :task AND review.state = 'open'", task=task
        )
        return None if row is None else review_of(row)

    def of_jobs(self, jobs: Sequence[JobNumber]) -> Sequence[Review]:
        marks, values = placeholders("job", jobs)
        rows = self._db.all(
            f"""{REVIEWS} WHERE review.job IN ({marks}) AND review.state = 'open'
                ORDER BY review.number""",
            **values,
        )
        return [review_of(row) for row in rows]

    def get(self, organization: OrganizationNumber, id: str) -> Review | None:  # noqa: A002
        row = self._db.one(
            f"""{REVIEWS} WHERE review.id = :id AND review.organization = :organization
                AND job.deleted = 0""",
            id=id,
            organization=organization,
        )
        return None if row is None else review_of(row)

    def find(self, query: ReviewQuery) -> Sequence[Review]:
        return find_reviews(self._db, query)

    def close(self, review: ReviewNumber, outcome: Outcome, at: datetime) -> Sequence[Blob]:
        unanswered = outcome in (Outcome.WITHDRAWN, Outcome.TIMED_OUT)
        state = ReviewState.WITHDRAWN if unanswered else ReviewState.ANSWERED
        self._db.run(
            """UPDATE review SET state = :state, outcome = :outcome, closed_at = :at
               WHERE number = :review""",
            review=review,
            state=state,
            outcome=outcome,
            at=micros(at),
        )
        self._db.run(
            """UPDATE review_claim SET ended_at = :at, ending = :ending
               WHERE review = :review AND ended_at IS NULL""",
            review=review,
            ending=ClaimEnd.CLOSED,
            at=micros(at),
        )
        return self._dropped(
            f"""DELETE FROM review_draft WHERE review = :review
                RETURNING sha256, size, {_WHOSE}""",  # noqa: S608
            review=review,
        )

    def claims(self, review: ReviewNumber) -> Sequence[Claim]:
        return self.claims_of([review])

    def claims_of(self, reviews: Sequence[ReviewNumber]) -> Sequence[Claim]:
        marks, values = placeholders("review", reviews)
        rows = self._db.all(
            f"""SELECT * FROM review_claim WHERE review IN ({marks}) AND ended_at IS NULL
                ORDER BY number""",  # noqa: S608
            **values,
        )
        return [claim_of(row) for row in rows]

    def claim(self, review: ReviewNumber, user: UserNumber, at: datetime, until: datetime) -> Claim:
        number = self._db.insert(
            """INSERT INTO review_claim (review, user, taken_at, expires_at)
               VALUES (:review, :user, :at, :until)""",
            review=review,
            user=user,
            at=micros(at),
            until=micros(until),
        )
        return Claim(number, review, user, at, until)

    def extend(self, claim: int, until: datetime) -> None:
        self._db.run(
            "UPDATE review_claim SET expires_at = :until WHERE number = :claim",
            claim=claim,
            until=micros(until),
        )

    def end_claim(self, claim: int, end: ClaimEnd, at: datetime) -> None:
        self._db.run(
            "UPDATE review_claim SET ended_at = :at, ending = :ending WHERE number = :claim",
            claim=claim,
            ending=end,
            at=micros(at),
        )

    def lapsed(self, review: ReviewNumber, user: UserNumber) -> datetime | None:
        last = self._db.one(
            """SELECT * FROM review_claim WHERE review = :review AND user = :user
               ORDER BY number DESC LIMIT 1""",
            review=review,
            user=user,
        )
        if last is None or last["ending"] != ClaimEnd.EXPIRED.value:
            return None
        return claim_of(last).expires_at

    def expired(self, now: datetime, limit: int) -> Sequence[tuple[JobNumber, Claim]]:
        rows = self._db.all(
            """SELECT review_claim.*, review.job FROM review_claim
               JOIN review ON review.number = review_claim.review
               WHERE expires_at <= :now AND ended_at IS NULL ORDER BY expires_at LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [(JobNumber(row["job"]), claim_of(row)) for row in rows]

    def next_expiry(self) -> datetime | None:
        return moment(
            self._db.value("SELECT min(expires_at) FROM review_claim WHERE ended_at IS NULL")
        )

    def ask_until(self, review: ReviewNumber, until: datetime, retries: int) -> None:
        self._db.run(
            "UPDATE review SET due_at = :until, retries = :retries WHERE number = :review",
            review=review,
            until=micros(until),
            retries=retries,
        )

    def overdue(self, now: datetime, limit: int) -> Sequence[Review]:
        rows = self._db.all(
            f"""{REVIEWS} WHERE review.state = 'open' AND review.due_at <= :now
                ORDER BY review.due_at LIMIT :limit""",
            now=micros(now),
            limit=limit,
        )
        return [review_of(row) for row in rows]

    def next_due(self) -> datetime | None:
        return moment(
            self._db.value(
                "SELECT min(due_at) FROM review WHERE state = 'open' AND due_at IS NOT NULL"
            )
        )

    def leave_out_late(self, review: ReviewNumber) -> None:
        self._db.run(
            """INSERT OR IGNORE INTO review_left_out (review, user)
               SELECT review, user FROM review_claim
               WHERE review = :review AND ending = :expired""",
            review=review,
            expired=ClaimEnd.EXPIRED,
        )

    def left_out(self, review: ReviewNumber) -> frozenset[UserNumber]:
        rows = self._db.all(
            "SELECT user FROM review_left_out WHERE review = :review", review=review
        )
        return frozenset(UserNumber(row["user"]) for row in rows)

    def save_draft(
        self, review: Review, user: UserNumber, document: Document, at: datetime
    ) -> Sequence[Blob]:
        if document.blob is not None:
            use_blob(self._db, review.organization, document.blob)
        unused = self._dropped(
            f"""DELETE FROM review_draft WHERE review = :review AND user = :user
                RETURNING sha256, size, {_WHOSE}""",  # noqa: S608
            review=review.number,
            user=user,
        )
        self._db.run(
            """INSERT INTO review_draft (review, user, size, document, sha256, media_type, saved_at)
               VALUES (:review, :user, :size, :document, :sha256, :media_type, :at)""",
            review=review.number,
            user=user,
            at=micros(at),
            **document_columns(document),
        )
        return unused

    def draft(self, review: ReviewNumber, user: UserNumber) -> Draft | None:
        row = self._db.one(
            "SELECT * FROM review_draft WHERE review = :review AND user = :user",
            review=review,
            user=user,
        )
        return None if row is None else Draft(document_of(row), instant(row["saved_at"]))

    def answer(self, review: Review, new: NewAnswer, at: datetime) -> Answer:
        if new.document is not None and new.document.blob is not None:
            use_blob(self._db, review.organization, new.document.blob)
        number = self._db.insert(
            _ANSWER,
            id=new_id(),
            review=review.number,
            user=new.user,
            kind=new.kind,
            comment=new.comment,
            target=new.to,
            digest=new.digest,
            changes=len(new.changes),
            at=micros(at),
            **document_columns(new.document),
        )
        self._db.raw.executemany(
            """INSERT INTO review_change (answer, position, op, path, before, after)
               VALUES (:answer, :position, :op, :path, :before, :after)""",
            [
                {
                    "answer": number,
                    "position": position,
                    "op": change.op,
                    "path": change.path,
                    "before": None if change.op == "add" else to_json(change.before),
                    "after": None if change.op == "remove" else to_json(change.after),
                }
                for position, change in enumerate(new.changes)
            ],
        )
        row = self._db.one("SELECT * FROM review_answer WHERE number = :number", number=number)
        assert row is not None  # noqa: S101  it has just been written
        return answer_of(row)

    def answers(self, review: ReviewNumber) -> Sequence[Answer]:
        rows = self._db.all(
            "SELECT * FROM review_answer WHERE review = :review ORDER BY number", review=review
        )
        return [answer_of(row) for row in rows]

    def changes(
        self,
        job: JobNumber,
        review: ReviewNumber | None,
        hidden: Sequence[ReviewNumber],
        viewer: UserNumber,
        after: tuple[int, int],
        limit: int,
    ) -> Sequence[RecordedChange]:
        return changes_of(self._db, job, review, hidden, viewer, after, limit)

    def remove_job(self, job: JobNumber) -> Sequence[Blob]:
        unused = self._dropped(
            f"""DELETE FROM review_draft WHERE review IN {_OF_JOB}
                RETURNING sha256, size, {_WHOSE}""",  # noqa: S608
            job=job,
        )
        self._db.run(f"DELETE FROM review_change WHERE answer IN {_ANSWERS_OF_JOB}", job=job)  # noqa: S608
        unused += self._dropped(
            f"""DELETE FROM review_answer WHERE review IN {_OF_JOB}
                RETURNING sha256, size, {_WHOSE}""",  # noqa: S608
            job=job,
        )
        self._db.run(f"DELETE FROM review_claim WHERE review IN {_OF_JOB}", job=job)  # noqa: S608
        self._db.run(f"DELETE FROM review_left_out WHERE review IN {_OF_JOB}", job=job)  # noqa: S608
        self._db.run("DELETE FROM review WHERE job = :job", job=job)
        return unused

    def _review(self, number: ReviewNumber) -> Review:
        row = self._db.one(f"{REVIEWS} WHERE review.number = :number", number=number)
        assert row is not None  # noqa: S101  it has just been written
        return review_of(row)

    def _dropped(self, delete: str, **values: int) -> list[Blob]:
        """Rows of documents go: the blobs that nothing uses any more."""
        rows: list[Row] = self._db.all(delete, **values)
        return [
            Blob(row["sha256"], row["size"])
            for row in rows
            if row["sha256"] and release_blob(self._db, row["organization"], row["sha256"])
        ]


_WHOSE = "(SELECT organization FROM review AS whose WHERE whose.number = review) AS organization"
