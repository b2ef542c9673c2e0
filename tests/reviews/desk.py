"""People at work on the real services over real tables, with a clock that stands still."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.engines import Done
from jobmill.core.ids import JobNumber, UserNumber, new_id
from jobmill.core.jobs import service
from jobmill.core.jobs.model import JobGraph, Part
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob, reviews
from jobmill.core.jobs.service.attempts import Finish
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.results import Provenance
from jobmill.core.reviews.differences import differences, digest_of
from jobmill.core.reviews.model import AnswerKind, Document, Review
from tests.core.graphs import WORKER
from tests.life.installation import Held, Installation

DOCUMENT: dict[str, Any] = {"points": [{"key": "total", "value": "10.00"}], "confidence": 0.4}
EVERYBODY = (Collaborator(user="*", steps=("*",)),)


class Desk(Installation):
    """One organization's people, jobs that ask them, and an engine that does what it is told."""

    def person(self, name: str, *, admin: bool = False) -> Principal:
        """Somebody new."""

        def add(work: UnitOfWork) -> UserNumber:
            user = work.accounts.add_user(new_id(), self.ours.organization, name)
            return user.number

        rights = frozenset({Right.ALL})
        return Principal(self.ours.organization, self.do(add), name, rights, admin=admin)

    def job(
        self, shared: tuple[Collaborator, ...] = EVERYBODY, *, skip_people: bool = False,
        more: tuple[Any, ...] = (), routes: tuple[Any, ...] = (), **review: Any,
    ) -> JobGraph:  # fmt: skip
        """points → mapping (a review) → write."""
        tasks = (
            {"name": "points", "engine": "noop"},
            {"name": "mapping", "review": {"step": "mapping", **review}},
            {"name": "write", "engine": "noop"},
            *more,
        )
        joined = ({"from": "points", "to": "mapping"}, {"from": "mapping", "to": "write"}, *routes)
        command = SubmitJob(
            JobInput(json={"page": 1}), tasks=tasks, routes=joined, collaborators=shared,
            skip_people=skip_people,
        )  # fmt: skip
        submitted = self.do(
            lambda work: service.submit_job(work, self.outside, self.ours, command, self.now)
        )
        return submitted.graph

    def claim(self) -> Held | None:
        """The worker takes the next task."""
        claimed = self.do(lambda work: service.begin_attempts(work, WORKER, None, {}, 1, self.now))
        if not claimed:
            return None
        first = claimed[0]
        return Held(WORKER, first.graph.job.number, first.task.number, first.token)

    def end(self, held: Held, document: Any) -> bool:
        """It ends with this document."""
        text = json.dumps(document)
        meta = {"confidence": document["confidence"]} if "confidence" in document else {}
        part = Part("out", 0, None, len(text), "application/json", meta, text)
        finish = Finish(held.notes(), Done(document), self.provenance(held), (part,))
        return self.do(lambda work: service.finish_attempt(work, finish, self.now))

    def provenance(self, held: Held) -> Provenance:
        """Who did a task."""
        return Provenance("noop", "1", {}, None)

    def work_off(self, document: Any = None) -> list[str]:
        """Every task that can run does; their names, in order."""
        names = []
        while (held := self.claim()) is not None:
            graph = self.graph(held.job)
            names.append(graph.task(held.task).name)
            assert self.end(held, DOCUMENT if document is None else document)
        return names

    def blocked(self, **fields: Any) -> tuple[JobGraph, Review]:
        """A job that asks."""
        graph = self.job(**fields)
        self.work_off()
        return self.graph(graph.job.number), self.review(graph)

    def graph(self, number: JobNumber) -> JobGraph:
        found = self.do(lambda work: work.jobs.graph(number))
        assert found is not None
        return found

    def state(self, graph: JobGraph) -> str:
        return self.graph(graph.job.number).job.state.value

    def review(self, graph: JobGraph) -> Review:
        """The one open review of a job."""
        (found,) = self.do(lambda work: work.reviews.of_jobs([graph.job.number]))
        return found

    def see(self, who: Principal, review: Review) -> reviews.ReviewView:
        return self.do(lambda work: reviews.get_review(work, who, review.id, self.now))

    def take(self, who: Principal, review: Review, seconds: int | None = None) -> Any:
        return self.do(
            lambda work: reviews.checkout_review(work, who, review.id, self.now, seconds)
        )

    def release(self, who: Principal, review: Review) -> Any:
        return self.do(lambda work: reviews.release_review(work, who, review.id, self.now))

    def renew(self, who: Principal, review: Review) -> Any:
        return self.do(lambda work: reviews.renew_review(work, who, review.id, self.now))

    def document(self, who: Principal, review: Review) -> Any:
        _, found = self.do(lambda work: reviews.review_document(work, who, review.id))
        return json.loads(found.text or "")

    def answer(
        self, who: Principal, review: Review, document: Any = None, comment: str = ""
    ) -> reviews.ReviewView:
        """Confirm, or with a document edit."""
        basis = self.do(lambda work: reviews.basis_of(work, who, review.id, self.now))
        return self.give(who, review, basis, document, comment)

    def give(
        self, who: Principal, review: Review, basis: reviews.Basis, document: Any = None,
        comment: str = "",
    ) -> reviews.ReviewView:  # fmt: skip
        """An answer that stands on a basis."""
        before = json.loads(basis.document.text or "")
        given = reviews.GivenAnswer(
            AnswerKind.CONFIRM, basis.claim, digest_of(before), comment=comment
        )
        if document is not None:
            text = json.dumps(document)
            given = replace(
                given,
                kind=AnswerKind.EDIT,
                digest=digest_of(document),
                document=Document(len(text), text),
                changes=differences(before, document),
            )
        return self.do(lambda work: reviews.answer_review(work, who, review.id, given, self.now))

    def send_back(
        self, who: Principal, review: Review, to: str | None = None, comment: str = ""
    ) -> reviews.ReviewView:
        basis = self.do(lambda work: reviews.basis_of(work, who, review.id, self.now))
        given = reviews.GivenAnswer(AnswerKind.SEND_BACK, basis.claim, "", comment, to)
        return self.do(lambda work: reviews.answer_review(work, who, review.id, given, self.now))

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def lapse(self) -> int:
        """What the maintenance does about claims."""
        return self.do(lambda work: reviews.expire_claims(work, self.now))

    def events(self, graph: JobGraph) -> list[str]:
        found = self.do(lambda work: work.events.of_job(graph.job.number))
        return [each.type.value for each in found]

    def handed_on(self, graph: JobGraph) -> Any:
        """The document that the review handed on."""
        number = self.graph(graph.job.number).named("mapping").number
        part = self.do(lambda work: work.parts.get(number, "out", 0))
        assert part is not None
        return json.loads(part.document or "")


def edited(value: str) -> dict[str, Any]:
    """The document with another total."""
    return {**DOCUMENT, "points": [{"key": "total", "value": value}]}
