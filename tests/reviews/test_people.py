"""One person, two, several: who answers when, and what comes of it."""

import pytest

from jobmill.core.accounts import Principal
from jobmill.core.engines import Done
from jobmill.core.errors import (
    AnsweredAlready,
    ClaimExpired,
    Conflict,
    InvalidInput,
    JobEnded,
    NotAllowed,
    ReviewClaimed,
    ReviewClosed,
    ReviewNotClaimed,
    ReviewNotFound,
)
from jobmill.core.jobs import service
from jobmill.core.jobs.model import Part
from jobmill.core.jobs.service import reviews
from jobmill.core.jobs.service.attempts import Finish
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.results import Provenance
from jobmill.core.reviews.model import Outcome, ReviewState
from tests.reviews.desk import DOCUMENT, Desk, edited


@pytest.fixture
def ann(desk: Desk) -> Principal:
    return desk.person("ann")


@pytest.fixture
def ben(desk: Desk) -> Principal:
    return desk.person("ben")


@pytest.fixture
def cid(desk: Desk) -> Principal:
    return desk.person("cid")


def test_of_two_who_check_out_one_has_it(desk: Desk, ann: Principal, ben: Principal) -> None:
    _, review = desk.blocked()
    desk.take(ann, review)
    with pytest.raises(ReviewClaimed, match="'ann' holds the review until"):
        desk.take(ben, review)


def test_a_claim_that_is_released_is_anybodys(desk: Desk, ann: Principal, ben: Principal) -> None:
    _, review = desk.blocked()
    desk.take(ann, review)
    desk.release(ann, review)
    desk.take(ben, review)
    with pytest.raises(ReviewClaimed):
        desk.answer(ann, review)


def test_a_claim_that_has_expired_is_anybodys(desk: Desk, ann: Principal, ben: Principal) -> None:
    graph, review = desk.blocked(claim_seconds=60)
    desk.take(ann, review)
    desk.pass_time(59)
    with pytest.raises(ReviewClaimed):
        desk.take(ben, review)
    desk.pass_time(1)
    desk.take(ben, review)
    assert desk.answer(ben, review).review.outcome is Outcome.CONFIRMED
    assert "review.lapsed" in desk.events(graph)


def test_an_answer_that_comes_after_the_expiry_is_refused_and_the_review_stays_open(
    desk: Desk, ann: Principal
) -> None:
    graph, review = desk.blocked(claim_seconds=60)
    desk.take(ann, review)
    desk.pass_time(60)
    with pytest.raises(ClaimExpired):
        desk.answer(ann, review, edited("11.00"))
    assert desk.state(graph) == "blocked"
    desk.take(ann, review)
    desk.answer(ann, review, edited("11.00"))
    assert desk.handed_on(graph) == edited("11.00")


def test_an_answer_on_an_earlier_claim_of_ones_own_is_refused(desk: Desk, ann: Principal) -> None:
    _, review = desk.blocked(claim_seconds=60)
    desk.take(ann, review)
    basis = desk.do(lambda work: reviews.basis_of(work, ann, review.id, desk.now))
    desk.pass_time(61)
    desk.take(ann, review)
    with pytest.raises(ClaimExpired):
        desk.give(ann, review, basis)


def test_time_ends_claims_that_nobody_looks_at(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked(claim_seconds=60)
    desk.take(ann, review)
    assert desk.lapse() == 0
    desk.pass_time(60)
    assert (desk.lapse(), desk.lapse()) == (1, 0)
    assert desk.events(graph)[-1] == "review.lapsed"
    assert desk.do(lambda work: work.reviews.next_expiry()) is None
    with pytest.raises(ClaimExpired, match="expired at"):
        desk.answer(ann, review)
    desk.take(ann, review)
    desk.release(ann, review)
    with pytest.raises(ReviewNotClaimed):
        desk.answer(ann, review)


def test_a_renewed_claim_lasts_from_then_on(desk: Desk, ann: Principal) -> None:
    _, review = desk.blocked(claim_seconds=60)
    desk.take(ann, review)
    desk.pass_time(50)
    desk.renew(ann, review)
    desk.pass_time(59)
    assert desk.see(ann, review).claim is not None
    desk.pass_time(1)
    with pytest.raises(ClaimExpired):
        desk.renew(ann, review)


def test_nobody_answers_what_they_do_not_hold(desk: Desk, ann: Principal) -> None:
    _, review = desk.blocked()
    with pytest.raises(ReviewNotClaimed):
        desk.answer(ann, review)
    with pytest.raises(ReviewNotClaimed):
        desk.release(ann, review)


def test_an_answered_review_is_closed(desk: Desk, ann: Principal, ben: Principal) -> None:
    _, review = desk.blocked()
    desk.take(ann, review)
    desk.answer(ann, review)
    for call in (desk.take, desk.answer, desk.release):
        with pytest.raises(ReviewClosed):
            call(ben, review)


def test_a_second_person_sees_what_the_first_made_of_it(
    desk: Desk, ann: Principal, ben: Principal
) -> None:
    graph, review = desk.blocked(people=2)
    desk.take(ann, review)
    desk.answer(ann, review, edited("12.50"), "The stamp hides a digit.")
    assert desk.state(graph) == "blocked"
    with pytest.raises(AnsweredAlready):
        desk.take(ann, review)
    desk.take(ben, review)
    assert desk.document(ben, review) == edited("12.50")
    seen = desk.see(ben, review)
    assert [answer.comment for answer in seen.answers] == ["The stamp hides a digit."]
    assert desk.answer(ben, review).review.outcome is Outcome.EDITED
    assert desk.handed_on(graph) == edited("12.50")
    assert desk.work_off() == ["write"]
    assert desk.state(graph) == "completed"


def test_those_who_answer_apart_do_not_see_each_others_answers(
    desk: Desk, ann: Principal, ben: Principal
) -> None:
    graph, review = desk.blocked(people=3, agreement="consensus")
    desk.take(ann, review)
    desk.take(ben, review)
    desk.answer(ann, review, edited("12.50"))
    seen = desk.see(ben, review)
    assert (seen.given, seen.answers) == (1, ())
    assert desk.document(ben, review) == DOCUMENT
    changes = desk.do(lambda work: reviews.job_changes(work, ben, graph.job.id, (0, -1), 100))
    assert changes == []
    assert desk.answer(ben, review, edited("12.50")).review.outcome is Outcome.EDITED
    assert desk.handed_on(graph) == edited("12.50")
    assert len(desk.see(ben, review).answers) == 2


def test_where_most_cannot_agree_any_more_one_who_sees_all_decides(
    desk: Desk, ann: Principal, ben: Principal, cid: Principal
) -> None:
    graph, review = desk.blocked(people=2, agreement="consensus")
    desk.take(ann, review)
    desk.answer(ann, review, edited("1"))
    desk.take(ben, review)
    desk.answer(ben, review)
    assert desk.state(graph) == "blocked"
    with pytest.raises(AnsweredAlready):
        desk.take(ann, review)
    desk.take(cid, review)
    seen = desk.see(cid, review)
    assert seen.standing.arbiter
    assert len(seen.answers) == 2
    desk.answer(cid, review, edited("2"))
    assert desk.handed_on(graph) == edited("2")
    assert desk.state(graph) == "running"


def test_what_is_sent_back_is_done_again_and_asked_about_anew(
    desk: Desk, ann: Principal, ben: Principal
) -> None:
    graph, review = desk.blocked()
    desk.take(ann, review)
    view = desk.send_back(ann, review, comment="Page 2 is missing.")
    assert (view.review.state, view.review.outcome) == (ReviewState.ANSWERED, Outcome.SENT_BACK)
    assert desk.state(graph) == "queued"
    again = edited("10.01")
    assert desk.work_off(again) == ["points"]
    other = desk.review(graph)
    assert other.id != review.id
    assert desk.document(ben, other) == again
    job = desk.graph(graph.job.number).job
    assert job.generation == 2
    found = desk.do(lambda work: work.events.of_job(job.number))
    rewound = next(each for each in found if each.type == "job.rewound")
    assert (rewound.task, rewound.data["comment"]) == ("points", "Page 2 is missing.")
    desk.take(ben, other)
    with pytest.raises(InvalidInput, match="not before the review"):
        desk.send_back(ben, other, "write")


def test_a_rewind_during_a_checkout_wins(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked()
    desk.take(ann, review)
    desk.do(lambda work: service.rewind_job(work, desk.ours, graph.job.id, "points", desk.now))
    with pytest.raises(ReviewClosed, match="sent back"):
        desk.answer(ann, review)
    desk.work_off()
    assert desk.review(graph).id != review.id


def test_a_rewind_to_the_review_itself_asks_anew(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked()
    desk.take(ann, review)
    desk.do(lambda work: service.rewind_job(work, desk.ours, graph.job.id, "mapping", desk.now))
    other = desk.review(graph)
    assert other.id != review.id
    with pytest.raises(ReviewClosed):
        desk.answer(ann, review)
    desk.take(ann, other)
    desk.answer(ann, other)
    assert desk.handed_on(graph) == DOCUMENT


@pytest.mark.parametrize("act", [service.cancel_job, service.delete_job])
def test_a_cancelled_job_asks_nobody(desk: Desk, ann: Principal, act: object) -> None:
    graph, review = desk.blocked()
    desk.take(ann, review)
    desk.do(lambda work: act(work, desk.ours, graph.job.id, desk.now))  # type: ignore[operator]
    with pytest.raises((JobEnded, ReviewNotFound)):
        desk.answer(ann, review)
    assert desk.do(lambda work: work.reviews.of_jobs([graph.job.number])) == []
    assert desk.state(graph) == "cancelled"


def test_a_retried_job_asks_again(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked()
    desk.do(lambda work: service.cancel_job(work, desk.ours, graph.job.id, desk.now))
    desk.do(lambda work: service.retry_job(work, desk.ours, graph.job.id, desk.now))
    other = desk.review(graph)
    assert desk.state(graph) == "blocked"
    assert other.id != review.id
    desk.take(ann, other)
    desk.answer(ann, other)
    assert desk.work_off() == ["write"]
    assert desk.state(graph) == "completed"


def test_a_restarted_job_asks_again_when_its_work_is_done(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked()
    desk.take(ann, review)
    desk.answer(ann, review)
    desk.work_off()
    desk.do(lambda work: service.restart_job(work, desk.ours, graph.job.id, desk.now))
    assert desk.work_off() == ["points"]
    assert desk.review(graph).id != review.id


def test_a_paused_job_is_answered_and_goes_on_when_it_is_resumed(
    desk: Desk, ann: Principal
) -> None:
    graph, review = desk.blocked()
    desk.do(lambda work: service.pause_job(work, desk.ours, graph.job.id, desk.now))
    assert desk.state(graph) == "paused"
    desk.take(ann, review)
    desk.answer(ann, review)
    assert desk.work_off() == []
    desk.do(lambda work: service.resume_job(work, desk.ours, graph.job.id, desk.now))
    assert desk.work_off() == ["write"]


def test_a_paused_job_asks_when_it_is_resumed(desk: Desk) -> None:
    graph = desk.job()
    held = desk.claim()
    assert held is not None
    desk.do(lambda work: service.pause_job(work, desk.ours, graph.job.id, desk.now))
    desk.end(held, DOCUMENT)
    assert desk.do(lambda work: work.reviews.of_jobs([graph.job.number])) == []
    desk.do(lambda work: service.resume_job(work, desk.ours, graph.job.id, desk.now))
    assert desk.state(graph) == "blocked"
    assert desk.review(graph).state is ReviewState.OPEN


def test_an_expired_job_asks_nobody(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked()
    when = desk.now.replace(year=desk.now.year + 1)
    desk.db.run("UPDATE job SET expires_at = :at", at=int(when.timestamp() * 1e6))
    desk.now = when
    assert desk.do(lambda work: service.expire_jobs(work, desk.now)) == 1
    with pytest.raises(JobEnded, match="expired"):
        desk.take(ann, review)
    assert desk.state(graph) == "expired"


def test_a_job_without_people_asks_nobody(desk: Desk) -> None:
    graph = desk.job(skip_people=True)
    assert desk.work_off() == ["points", "write"]
    assert desk.state(graph) == "completed"
    assert "review.passed" in desk.events(graph)


def test_only_the_steps_people_were_given_are_theirs(desk: Desk) -> None:
    names = ("mapper", "zoner", "viewer", "manager", "stranger")
    mapper, zoner, viewer, manager, stranger = map(desk.person, names)
    shared = (
        Collaborator(user="mapper", steps=("mapping",)),
        Collaborator(user="zoner", steps=("zoning",)),
        Collaborator(user="viewer"),
        Collaborator(user="manager", steps=("manage",)),
    )
    _, review = desk.blocked(shared=shared)
    for who in (zoner, viewer, manager):
        assert not desk.see(who, review).may_answer
        with pytest.raises(NotAllowed, match="mapping"):
            desk.take(who, review)
    for who in (stranger, desk.theirs):
        with pytest.raises(ReviewNotFound):
            desk.take(who, review)
    assert desk.see(mapper, review).may_answer
    desk.take(mapper, review)


def test_lists_hold_what_each_may_see(desk: Desk, ann: Principal) -> None:
    first, one = desk.blocked(threshold=1)
    _, two = desk.blocked(shared=(), step="zoning")
    wanted = reviews.ReviewsWanted()

    def ids(who: Principal, wanted: reviews.ReviewsWanted = wanted) -> list[str]:
        found = desk.do(lambda work: reviews.list_reviews(work, who, wanted, desk.now))
        return [view.review.id for view in found]

    assert ids(desk.ours) == [one.id, two.id]
    assert ids(ann) == [one.id]
    assert ids(desk.theirs) == []
    assert ids(desk.ours, reviews.ReviewsWanted(steps=("zoning",))) == [two.id]
    assert ids(desk.ours, reviews.ReviewsWanted(after=one.number)) == [two.id]
    assert ids(desk.ours, reviews.ReviewsWanted(job=first.job.id)) == [one.id]
    desk.take(ann, one)
    assert ids(ann, reviews.ReviewsWanted(mine=True)) == [one.id]
    assert ids(desk.ours, reviews.ReviewsWanted(mine=True)) == []
    assert ids(desk.ours, reviews.ReviewsWanted(claimed=True)) == [one.id]
    assert ids(desk.ours, reviews.ReviewsWanted(claimed=False)) == [two.id]
    desk.answer(ann, one)
    assert ids(ann) == []
    assert ids(ann, reviews.ReviewsWanted(states=(ReviewState.ANSWERED,))) == [one.id]


def test_a_job_that_goes_takes_its_reviews_along(desk: Desk, ann: Principal) -> None:
    graph, review = desk.blocked(people=2)
    desk.take(ann, review)
    desk.answer(ann, review, edited("3"))
    desk.do(lambda work: service.delete_job(work, desk.ours, graph.job.id, desk.now))
    desk.do(lambda work: service.purge_job(work, graph.job.number, desk.now))
    for table in ("review", "review_claim", "review_draft", "review_answer", "review_change"):
        assert desk.db.value(f"SELECT count(*) FROM {table}") == 0


def test_what_runs_beside_a_review_goes_on(desk: Desk) -> None:
    graph = desk.job(more=({"name": "beside", "engine": "noop"},))
    first, beside = desk.claim(), desk.claim()
    assert first is not None
    assert beside is not None
    desk.end(first, DOCUMENT)
    assert desk.state(graph) == "running"
    desk.end(beside, DOCUMENT)
    assert desk.state(graph) == "blocked"


def test_a_review_needs_one_document(desk: Desk) -> None:
    graph = desk.job()
    held = desk.claim()
    assert held is not None
    parts = tuple(Part("out", n, None, 2, "application/json", {}, "{}") for n in range(2))
    finish = Finish(held.notes(), Done({}), Provenance("noop", "1", {}, None), parts)
    assert desk.do(lambda work: service.finish_attempt(work, finish, desk.now))
    job = desk.graph(graph.job.number)
    assert job.job.state.value == "failed"
    assert job.job.reason is not None
    assert job.job.reason.code == "not_one_document"
    assert job.named("write").state.value == "skipped"


def test_a_task_that_asks_people_cannot_be_taken_away(desk: Desk) -> None:
    graph = desk.job()
    with pytest.raises(Conflict, match="asks people"):
        desk.do(
            lambda work: service.remove_task(work, desk.ours, graph.job.id, "mapping", desk.now)
        )
