"""People, time and steering at random, against a model: one winner, a clear word for the rest."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jobmill.core.errors import (
    AnsweredAlready,
    ClaimExpired,
    JobEnded,
    JobmillError,
    ReviewClaimed,
    ReviewClosed,
    ReviewNotClaimed,
    ReviewNotFound,
)
from jobmill.core.ids import JobNumber
from jobmill.core.jobs import service
from jobmill.core.jobs.service import reviews
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.reviews.model import Outcome, Review, ReviewState
from tests.reviews.desk import DOCUMENT, Desk, edited

LASTS = 60
NAMES = ("ann", "ben", "cid")
VALUES = ("1", "2")
CONFIRMED = "10.00"
OFTEN = [
    word
    for word, times in {
        "a_job_asks": 3, "engines_work": 2, "a_job_is_stopped": 1, "a_job_runs_again": 1,
        "a_job_is_rewound": 1, "a_job_is_held_or_goes_on": 1, "time_passes": 3,
        "maintenance_looks": 1, "somebody_checks_out": 8, "somebody_renews": 3,
        "somebody_gives_it_back": 2, "somebody_begins_to_work": 8, "somebody_hands_in": 8,
        "somebody_sends_back": 1,
    }.items()
    for _ in range(times)
]  # fmt: skip
NEEDED = {
    word: "hands" if word == "somebody_hands_in" else "asked"
    for word in OFTEN
    if word.startswith("somebody_")
} | dict.fromkeys(
    ("a_job_is_stopped", "a_job_runs_again", "a_job_is_rewound", "a_job_is_held_or_goes_on"),
    "generation",
)


@dataclass
class Asked:
    """What must be true of a review."""

    review: Review
    job: JobNumber
    people: int
    apart: bool
    base: str
    open: bool = True
    outcome: Outcome | None = None
    claims: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    answers: list[tuple[str, str]] = field(default_factory=list)
    lapsed: set[str] = field(default_factory=set)

    def standing(self) -> tuple[int, bool, str | None]:
        """Places, whether an arbiter is wanted, and the value that was agreed on."""
        values = [value for _, value in self.answers]
        if not self.apart:
            return (0, False, values[-1]) if len(values) >= self.people else (1, False, None)
        most = self.people // 2 + 1
        for given in range(1, len(values) + 1):
            counts = Counter(values[: given - 1]) or Counter([""])
            if given > 1 and max(counts.values()) + self.people - (given - 1) < most:
                return 0, True, values[given - 1]
            best, count = Counter(values[:given]).most_common(1)[0]
            if count >= most:
                return 0, False, best
        left = self.people - len(values)
        best_count = max(Counter(values).values(), default=0)
        if best_count + left < most:
            return 1, True, None
        return left, False, None

    def shown(self) -> str:
        """The value that the next person finds."""
        if self.apart or not self.answers:
            return self.base
        return self.answers[-1][1]

    def live(self, now: datetime) -> dict[str, int]:
        return {who: number for who, (number, until) in self.claims.items() if now < until}


@dataclass
class InHand:
    """An answer that somebody is working on."""

    name: str
    asked: Asked
    basis: reviews.Basis


class People(RuleBasedStateMachine):
    """Every act says beforehand what must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.people = {name: self.desk.person(name) for name in NAMES}
        self.asked: list[Asked] = []
        self.hands: list[InHand] = []
        self.ended: set[JobNumber] = set()
        self.gone: set[JobNumber] = set()
        self.paused: set[JobNumber] = set()
        self.generation: dict[JobNumber, int] = {}

    def teardown(self) -> None:
        self.desk.close()

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from([each for each in OFTEN if self.possible(each)]))
        getattr(self, word)(data)

    def possible(self, word: str) -> bool:
        if word == "a_job_asks":
            return sum(asked.open for asked in self.asked) < 3
        return word not in NEEDED or bool(getattr(self, NEEDED[word]))

    # Jobs.

    def a_job_asks(self, data: st.DataObject) -> None:
        people, apart = data.draw(st.integers(1, 4)), data.draw(st.booleans())
        agreement = "consensus" if apart else "second"
        graph = self.desk.job(people=people, agreement=agreement, claim_seconds=LASTS)
        self.generation[graph.job.number] = 1
        self.work()

    def engines_work(self, data: st.DataObject) -> None:
        self.work()

    def work(self) -> None:
        self.desk.work_off()
        self.look()

    def look(self) -> None:
        """The reviews that opened since."""
        known = {asked.review.id for asked in self.asked}
        for number in self.generation:
            for review in self.desk.do(lambda work, n=number: work.reviews.of_jobs([n])):
                if review.id not in known:
                    spec = review.spec
                    self.asked.append(Asked(review, number, spec.people, spec.apart, CONFIRMED))

    def steer(self, act: Callable[..., Any], number: JobNumber, *more: Any) -> bool:
        desk = self.desk
        return (
            desk.tries(lambda work: act(work, desk.ours, number, *more, desk.now) or True)
            is not None
        )

    def withdraw(self, number: JobNumber) -> None:
        for asked in self.asked:
            if asked.job == number and asked.open:
                asked.open, asked.outcome = False, Outcome.WITHDRAWN
                asked.claims.clear()

    def some_job(self, data: st.DataObject) -> JobNumber:
        return data.draw(st.sampled_from(sorted(self.generation)))

    def a_job_is_stopped(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from([service.cancel_job, service.delete_job]))
        number = self.some_job(data)
        if self.steer(act, number):
            self.withdraw(number)
            self.ended.add(number)
            self.paused.discard(number)
            if act is service.delete_job:
                self.gone.add(number)

    def a_job_runs_again(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from([service.retry_job, service.restart_job]))
        number = self.some_job(data)
        if self.steer(act, number):
            assert number in self.ended
            self.ended.discard(number)
            self.generation[number] += 1
            self.look()

    def a_job_is_rewound(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(["points", "mapping", "write"]))
        number = self.some_job(data)
        if self.steer(service.rewind_job, number, task):
            if task != "write":
                self.withdraw(number)
            self.ended.discard(number)
            self.generation[number] += 1
            self.look()

    def a_job_is_held_or_goes_on(self, data: st.DataObject) -> None:
        number = self.some_job(data)
        if number in self.paused:
            assert self.steer(service.resume_job, number) == (number not in self.gone)
            self.paused.discard(number)
            self.look()
        elif self.steer(service.pause_job, number):
            self.paused.add(number)

    # Time.

    def time_passes(self, data: st.DataObject) -> None:
        self.desk.now += timedelta(seconds=data.draw(st.sampled_from([1, 30, 59, 60])))

    def maintenance_looks(self, data: st.DataObject) -> None:
        now = self.desk.now
        lapsed = [
            (asked, who)
            for asked in self.asked
            for who, (_, until) in asked.claims.items()
            if until <= now
        ]
        assert self.desk.lapse() == len(lapsed)
        for asked, who in lapsed:
            del asked.claims[who]
            asked.lapsed.add(who)

    # People.

    def some_review(self, data: st.DataObject) -> Asked:
        """Mostly one of the last that is open."""
        still = [asked for asked in self.asked if asked.open][-2:]
        if still and data.draw(st.integers(0, 7)):
            return data.draw(st.sampled_from(still))
        return data.draw(st.sampled_from(self.asked[-4:]))

    def somebody(self, data: st.DataObject, asked: Asked) -> str:
        """Mostly one who holds it, or held it."""
        if asked.claims and data.draw(st.integers(0, 3)):
            return data.draw(st.sampled_from(sorted(asked.claims)))
        return data.draw(st.sampled_from(NAMES))

    def refusal(self, asked: Asked, name: str) -> type[JobmillError] | None:
        """Why somebody who must hold the review may do nothing with it."""
        closed = self.closed(asked)
        if closed is not None:
            return closed
        live = asked.live(self.desk.now)
        if name in live:
            return None
        if name in asked.claims:
            return ClaimExpired
        if live:
            return ReviewClaimed
        return ClaimExpired if name in asked.lapsed else ReviewNotClaimed

    def closed(self, asked: Asked) -> type[JobmillError] | None:
        if asked.job in self.gone:
            return ReviewNotFound
        if asked.open:
            return None
        if asked.outcome is Outcome.WITHDRAWN and asked.job in self.ended:
            return JobEnded
        return ReviewClosed

    def expect(self, refusal: type[JobmillError] | None, act: Callable[[], Any]) -> Any:
        if refusal is None:
            return act()
        with pytest.raises(refusal) as raised:
            act()
        assert raised.type is refusal
        return None

    def somebody_checks_out(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(NAMES))
        asked, now = self.some_review(data), self.desk.now
        live = asked.live(now)
        refusal = self.closed(asked)
        places, _, _ = asked.standing()
        if refusal is None and name not in live:
            if any(who == name for who, _ in asked.answers):
                refusal = AnsweredAlready
            elif len(live) >= places:
                refusal = ReviewClaimed
        view = self.expect(refusal, lambda: self.desk.take(self.people[name], asked.review))
        if self.closed(asked) is None and refusal is None:
            asked.lapsed |= asked.claims.keys() - live
            asked.claims = {who: each for who, each in asked.claims.items() if who in live}
            asked.lapsed.discard(name)
            assert view.claim.expires_at == now + timedelta(seconds=LASTS)
            asked.claims[name] = (view.claim.number, view.claim.expires_at)

    def somebody_renews(self, data: st.DataObject) -> None:
        asked = self.some_review(data)
        name = self.somebody(data, asked)
        refusal = self.refusal(asked, name)
        view = self.expect(refusal, lambda: self.desk.renew(self.people[name], asked.review))
        if view is not None:
            asked.claims[name] = (view.claim.number, view.claim.expires_at)

    def somebody_gives_it_back(self, data: st.DataObject) -> None:
        asked = self.some_review(data)
        name = self.somebody(data, asked)
        refusal = self.refusal(asked, name)
        view = self.expect(refusal, lambda: self.desk.release(self.people[name], asked.review))
        if view is not None:
            del asked.claims[name]

    def somebody_begins_to_work(self, data: st.DataObject) -> None:
        asked = self.some_review(data)
        name = self.somebody(data, asked)
        who = self.people[name]

        def begin() -> reviews.Basis:
            return self.desk.do(
                lambda work: reviews.basis_of(work, who, asked.review.id, self.desk.now)
            )

        basis = self.expect(self.refusal(asked, name), begin)
        if basis is not None:
            assert self.desk.document(who, asked.review) == of(asked.shown())
            self.hands.append(InHand(name, asked, basis))

    def somebody_hands_in(self, data: st.DataObject) -> None:
        value = data.draw(st.sampled_from([*VALUES, CONFIRMED]))
        hand = data.draw(st.sampled_from(self.hands))
        self.hands.remove(hand)
        asked, who = hand.asked, self.people[hand.name]
        refusal = self.refusal(asked, hand.name)
        if refusal is None and asked.claims[hand.name][0] != hand.basis.claim:
            refusal = ClaimExpired
        shown = asked.shown()
        document = None if value == CONFIRMED else of(value)
        view = self.expect(refusal, lambda: self.desk.give(who, asked.review, hand.basis, document))
        if view is None:
            return
        del asked.claims[hand.name]
        asked.answers.append((hand.name, shown if document is None else value))
        _, _, agreed = asked.standing()
        if agreed is not None:
            edits = [value for _, value in asked.answers if value != asked.base]
            changed = agreed != asked.base or (bool(edits) and not asked.apart)
            asked.open = False
            asked.outcome = Outcome.EDITED if changed else Outcome.CONFIRMED
            asked.claims.clear()
            assert self.desk.handed_on(self.desk.graph(asked.job)) == of(agreed)

    def somebody_sends_back(self, data: st.DataObject) -> None:
        asked = self.some_review(data)
        if asked.apart:
            return
        name = self.somebody(data, asked)
        refusal = self.refusal(asked, name)
        view = self.expect(refusal, lambda: self.desk.send_back(self.people[name], asked.review))
        if view is not None:
            asked.open, asked.outcome = False, Outcome.SENT_BACK
            asked.answers.append((name, "sent back"))
            asked.claims.clear()
            self.generation[asked.job] += 1

    # What must always be true.

    @invariant()
    def reviews_stand_as_the_model_says(self) -> None:
        for asked in self.asked:
            row = self.desk.db.one(
                "SELECT * FROM review WHERE number = :number", number=asked.review.number
            )
            assert row is not None
            assert (row["state"] == ReviewState.OPEN) == asked.open
            assert row["outcome"] == (asked.outcome and asked.outcome.value)
            held = self.desk.db.all(
                "SELECT number FROM review_claim WHERE review = :review AND ended_at IS NULL",
                review=asked.review.number,
            )
            assert {each["number"] for each in held} == {
                number for number, _ in asked.claims.values()
            }
            given = self.desk.db.value(
                "SELECT count(*) FROM review_answer WHERE review = :review",
                review=asked.review.number,
            )
            assert given == len(asked.answers), "nothing that was answered is lost"

    @invariant()
    def jobs_stand_as_their_reviews_say(self) -> None:
        for number, generation in self.generation.items():
            job = self.desk.graph(number).job
            task = self.desk.graph(number).named("mapping")
            is_open = any(asked.open and asked.job == number for asked in self.asked)
            assert (task.state == "blocked") == is_open
            assert job.generation == generation
            assert job.state in ENDED_JOBS or number not in self.ended
            if number in self.paused:
                assert job.state in ENDED_JOBS or job.state == "paused"
            elif is_open:
                assert job.state == "blocked"
            if job.state in ENDED_JOBS:
                self.ended.add(number)
                self.paused.discard(number)

    @invariant()
    def nobody_has_more_than_there_are_places(self) -> None:
        for asked in self.asked:
            if asked.open:
                assert len(asked.live(self.desk.now)) <= asked.standing()[0]


def of(value: str) -> dict[str, Any]:
    return DOCUMENT if value == CONFIRMED else edited(value)


TestPeople = People.TestCase
TestPeople.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
