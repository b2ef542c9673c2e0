"""Questions that nobody answers in time: asked anew, asked of others, or the end of the job."""

from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.accounts import Principal
from jobmill.core.errors import AnsweredAlready, JobEnded, LeftOut
from jobmill.core.jobs import service
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.service.reviews import time_out_reviews
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.reviews.model import Review
from tests.programs.workshop import Workshop
from tests.reviews.desk import edited

LIMIT = 60


@pytest.fixture
def ann(shop: Workshop) -> Principal:
    return shop.person("ann")


@pytest.fixture
def ben(shop: Workshop) -> Principal:
    return shop.person("ben")


def asked(shop: Workshop, **policy: Any) -> tuple[JobGraph, Review]:
    return shop.blocked(time_limit_s=LIMIT, **policy)


def time_out(shop: Workshop) -> int:
    return shop.do(lambda work: time_out_reviews(work, shop.now))


def reason(shop: Workshop, graph: JobGraph) -> tuple[str, str]:
    found = shop.graph(graph.job.number).job.reason
    assert found is not None
    return found.code, found.message


def test_a_question_in_time_is_left_alone(shop: Workshop) -> None:
    graph, review = asked(shop, on_timeout="fail")
    shop.pass_time(LIMIT - 1)
    assert time_out(shop) == 0
    assert shop.state(graph) == "blocked"
    assert review.due_at is not None


def test_fail_ends_the_job_with_a_code_and_it_can_be_retried(shop: Workshop) -> None:
    graph, review = asked(shop, on_timeout="fail")
    shop.pass_time(LIMIT)
    assert time_out(shop) == 1
    assert shop.state(graph) == "failed"
    code, message = reason(shop, graph)
    assert code == "review_timed_out"
    assert message == "Nobody answered the review 'mapping' within 60 s."
    assert shop.see(shop.ours, review).review.outcome == "timed_out"
    with pytest.raises(JobEnded):
        shop.take(shop.ours, review)
    shop.do(lambda work: service.retry_job(work, shop.ours, graph.job.id, shop.now))
    assert shop.review(graph).due_at == shop.now + timedelta(seconds=LIMIT)


def test_retry_asks_anybody_anew_and_gives_up_at_last(shop: Workshop, ann: Principal) -> None:
    graph, review = asked(shop, on_timeout="retry", max_retries=2)
    for retries in (1, 2):
        shop.take(ann, shop.review(graph))
        shop.pass_time(LIMIT)
        assert time_out(shop) == 1
        assert shop.review(graph).retries == retries
        assert not shop.see(ann, review).claims
    shop.pass_time(LIMIT)
    time_out(shop)
    code, message = reason(shop, graph)
    assert (code, "asked 3 times" in message) == ("review_timed_out", True)
    told = [each for each in shop.events(graph) if each == "review.timed_out"]
    assert len(told) == 3


def test_reassign_leaves_out_who_let_it_pass(
    shop: Workshop, ann: Principal, ben: Principal
) -> None:
    graph, review = asked(shop, on_timeout="reassign")
    shop.take(ann, review)
    shop.pass_time(LIMIT)
    time_out(shop)
    with pytest.raises(LeftOut):
        shop.take(ann, review)
    assert not shop.see(ann, review).may_answer
    shop.take(ben, review)
    shop.answer(ben, review, edited("11"))
    assert shop.handed_on(graph) == edited("11")


def test_reassign_counts_who_held_it_for_less_than_all_the_time(
    shop: Workshop, ann: Principal
) -> None:
    _, review = asked(shop, on_timeout="reassign", claim_seconds=10)
    shop.take(ann, review)
    shop.pass_time(11)
    shop.lapse()
    shop.pass_time(LIMIT)
    time_out(shop)
    with pytest.raises(LeftOut):
        shop.take(ann, review)


def test_with_nobody_left_to_ask_the_job_says_so(shop: Workshop, ann: Principal) -> None:
    step = (Collaborator(user="ann", steps=("mapping",)),)
    graph, review = asked(shop, shared=step, on_timeout="reassign", max_retries=9)
    shop.person("stranger")
    shop.take(ann, review)
    shop.pass_time(LIMIT)
    time_out(shop)
    assert shop.state(graph) == "blocked"  # its owner is left
    shop.take(shop.ours, review)
    shop.pass_time(LIMIT)
    time_out(shop)
    code, message = reason(shop, graph)
    assert code == "nobody_left"
    assert "share the job with somebody" in message


def test_whoever_takes_it_has_all_the_time(shop: Workshop, ann: Principal) -> None:
    graph, review = asked(shop, on_timeout="fail")
    shop.pass_time(LIMIT - 1)
    shop.take(ann, review)
    shop.pass_time(LIMIT - 1)
    assert time_out(shop) == 0
    shop.renew(ann, review)
    (claim,) = shop.see(ann, review).claims
    assert claim.expires_at == shop.review(graph).due_at  # a claim cannot be held for longer
    shop.pass_time(1)
    assert time_out(shop) == 1
    assert shop.state(graph) == "failed"


def test_the_next_person_has_all_the_time(shop: Workshop, ann: Principal, ben: Principal) -> None:
    graph, review = asked(shop, on_timeout="fail", people=2)
    shop.pass_time(LIMIT - 1)
    shop.take(ann, review)
    shop.answer(ann, review)
    shop.pass_time(LIMIT - 1)
    assert time_out(shop) == 0
    shop.take(ben, review)
    shop.answer(ben, review)
    assert shop.state(graph) == "running"
    shop.pass_time(LIMIT)
    assert time_out(shop) == 0


def test_the_first_answer_counts_though_several_hold_it(
    shop: Workshop, ann: Principal, ben: Principal
) -> None:
    graph, review = shop.blocked(agreement="first", people=2)
    shop.take(ann, review)
    shop.take(ben, review)
    shop.answer(ben, review, edited("7"))
    assert shop.handed_on(graph) == edited("7")
    assert not shop.see(ann, review).claims
    with pytest.raises(Exception, match="has been answered"):
        shop.answer(ann, review, edited("8"))


def test_who_has_answered_is_not_left_to_ask(
    shop: Workshop, ann: Principal, ben: Principal
) -> None:
    graph, review = asked(shop, on_timeout="retry", people=2, max_retries=9)
    shop.take(ann, review)
    shop.answer(ann, review)
    with pytest.raises(AnsweredAlready):
        shop.take(ann, review)
    shop.pass_time(LIMIT)
    time_out(shop)
    assert shop.state(graph) == "blocked"  # ben is left, though he has not come
    shop.take(ben, review)
    shop.answer(ben, review)
    assert shop.state(graph) == "running"
