"""Answer a review: confirm, edit, send back. An answer that settles it lets the job go on at once.

Documents are read, compared and stored before: see `jobmill.http.reviewing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import ClaimExpired, InvalidInput
from jobmill.core.events import EventType, NewEvent
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.reviewing import ancestors, answered, sent_back
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.service.asking import document_read
from jobmill.core.jobs.service.output import program_of
from jobmill.core.jobs.service.parts import refill
from jobmill.core.jobs.service.reviews.claiming import ask_on, my_claim, open_review
from jobmill.core.jobs.service.reviews.reading import ReviewView, document_of, shown_review
from jobmill.core.pipelines import Program
from jobmill.core.reviews.agreement import (
    Standing,
    agreed_document,
    latest_edit,
    standing_of,
)
from jobmill.core.reviews.model import (
    Answer,
    AnswerKind,
    ClaimEnd,
    Document,
    DocumentChange,
    NewAnswer,
    Outcome,
    Review,
)

COMMENT_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer stands on: the claim that it is given under, and the document as it is.

    `program`: the job's, if it has one; `answer`: the document that people agree on is its output.
    """

    review: Review
    claim: int
    document: Document
    program: Program | None = None

    @property
    def answer(self) -> bool:
        """Whether this review's document is the job's output."""
        return self.program is not None and self.program.answer == self.review.task_name


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer ready to be written, given under a `claim`. `digest` is that of the document that
    it stands for. `to`: the task it goes back to; the one before the review if None."""

    kind: AnswerKind
    claim: int
    digest: str
    comment: str = ""
    to: str | None = None
    document: Document | None = None
    changes: tuple[DocumentChange, ...] = ()


def basis_of(work: UnitOfWork, who: Principal, review: str, now: datetime) -> Basis:
    """What the caller's answer stands on. Raises ClaimExpired, ReviewNotClaimed, ReviewClosed …"""
    found, graph = open_review(work, who, review)
    claim = my_claim(work, who, found, now)
    document = latest_edit(found.spec, work.reviews.answers(found.number))
    if document is None:
        document = document_of(document_read(work, graph, graph.task(found.task)))
    return Basis(found, claim.number, document, program_of(work, graph.job))


def answer_review(
    work: UnitOfWork, who: Principal, review: str, given: GivenAnswer, now: datetime
) -> ReviewView:
    """Check an answer in. Raises ClaimExpired, ReviewNotClaimed, ReviewClosed, JobEnded."""
    found, graph = open_review(work, who, review)
    claim = my_claim(work, who, found, now)
    if claim.number != given.claim:
        raise ClaimExpired
    if len(given.comment) > COMMENT_LIMIT:
        raise InvalidInput(f"comment: {COMMENT_LIMIT} characters at most.", field="comment")
    given = _directed(graph, found, given)
    new = NewAnswer(
        who.user,
        given.kind,
        given.digest,
        given.comment,
        given.to,
        given.document,
        given.changes,
    )
    answer = work.reviews.answer(found, new, now)
    work.reviews.end_claim(claim.number, ClaimEnd.ANSWERED, now)
    answers = work.reviews.answers(found.number)
    standing = standing_of(found.spec, answers)
    _tell(work, who, graph, found, answer, standing, now)
    if standing.agreed is None:
        ask_on(work, found, now)
    else:
        if standing.agreed.kind is AnswerKind.SEND_BACK:
            _send_back(work, who, graph, found, standing.agreed, now)
        else:
            document = agreed_document(found.spec, answers, standing.agreed)
            _settle(work, graph, found, document, now)
    return shown_review(work, who, review, now)


def _directed(graph: JobGraph, review: Review, given: GivenAnswer) -> GivenAnswer:
    """An answer that sends back knows where to."""
    if given.kind is not AnswerKind.SEND_BACK:
        return replace(given, to=None)
    before = ancestors(graph, review.task_name)
    to = given.to or graph.fed_by(review.task_name).source
    if to not in before:
        raise InvalidInput(
            f"to: {to!r} is not before the review; give one of {', '.join(sorted(before))}.",
            field="to",
        )
    return replace(given, to=to, digest=f"send_back {to}", document=None, changes=())


def _settle(
    work: UnitOfWork, graph: JobGraph, review: Review, document: Document | None, now: datetime
) -> None:
    """The document goes on, and the job with it."""
    task = graph.task(review.task)
    read = document_read(work, graph, task)
    part = read if document is None else _part(document, read.meta)
    outcome = Outcome.CONFIRMED if document is None else Outcome.EDITED
    _close(work, graph, review, outcome, now)
    work.parts.add(task.number, task.generation, [part], graph.job.organization)
    apply_change(work, answered(graph, task, part.size, now), now)


def _part(document: Document, meta: Mapping[str, Any]) -> Part:
    return Part(OUT, 0, document.sha256, document.size, document.media_type, meta, document.text)


def _send_back(
    work: UnitOfWork,
    who: Principal,
    graph: JobGraph,
    review: Review,
    agreed: Answer,
    now: datetime,
) -> None:
    assert agreed.to is not None  # noqa: S101  `_directed` has made sure
    _close(work, graph, review, Outcome.SENT_BACK, now)
    data = {
        "generation": graph.job.generation + 1,
        "review": review.id,
        "user": who.user_name,
        "comment": agreed.comment,
    }
    change = sent_back(graph, agreed.to, now, NewEvent(EventType.JOB_REWOUND, agreed.to, data))
    behind = apply_change(work, change, now)
    refill(work, replace(change, graph=behind), now)


def _close(
    work: UnitOfWork, graph: JobGraph, review: Review, outcome: Outcome, now: datetime
) -> None:
    for unused in work.reviews.close(review.number, outcome, now):
        work.drop_blob(review.organization, unused)
    data = {"review": review.id, "step": review.step, "outcome": outcome.value}
    announce(work, graph.job, [NewEvent(EventType.REVIEW_CLOSED, review.task_name, data)], now)


def _tell(
    work: UnitOfWork,
    who: Principal,
    graph: JobGraph,
    review: Review,
    answer: Answer,
    standing: Standing,
    now: datetime,
) -> None:
    """What people answer apart is told when nobody is asked any more."""
    data: dict[str, Any] = {"review": review.id, "step": review.step, "user": who.user_name}
    if not review.spec.apart or standing.agreed is not None:
        data |= {"kind": answer.kind.value, "changes": answer.changes, "comment": answer.comment}
    event = NewEvent(EventType.REVIEW_ANSWERED, review.task_name, data)
    announce(work, graph.job, [event], now)
