"""The hot statements find their rows by index, never by looking through a table or sorting it."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.work import SqlUnitOfWork
from jobmill.core.ids import (
    AssetNumber,
    AttemptNumber,
    BatchNumber,
    EndpointNumber,
    ItemNumber,
    JobNumber,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    new_id,
)
from jobmill.core.items import ItemKind
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.sharing import Share
from jobmill.core.jobs.states import JobState
from jobmill.core.reviews.model import ReviewNumber
from jobmill.core.reviews.ports import ReviewQuery
from jobmill.core.truths import Measurement
from jobmill.core.truths.ports import TruthQuery
from jobmill.core.webhooks import DeliveryState, DisabledReason
from jobmill.core.webhooks.ports import DeliveryQuery, Room
from tests.adapters.stores.seeds import add_job, take
from tests.core.graphs import NOW, WORKER, after

OURS = OrganizationNumber(1)
PAGE = (after(1), 7)
VIEWER = UserNumber(2)
HOOK = EndpointNumber(1)


class Watched(Connection):
    """A connection that keeps the plan of every statement it runs."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.plans: list[list[str]] = []

    def _explain(self, sql: str, values: dict[str, object]) -> None:
        rows = self.raw.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        self.plans.append([row["detail"] for row in rows])

    def all(self, sql: str, **values: object) -> list[sqlite3.Row]:
        self._explain(sql, values)
        return super().all(sql, **values)

    def one(self, sql: str, **values: object) -> sqlite3.Row | None:
        self._explain(sql, values)
        return super().one(sql, **values)

    def value(self, sql: str, **values: object) -> object:
        self._explain(sql, values)
        return super().value(sql, **values)

    def run(self, sql: str, **values: object) -> int:
        self._explain(sql, values)
        return super().run(sql, **values)


@pytest.fixture
def watched(file: Path) -> Iterator[Watched]:
    connection = Watched(file)
    work = SqlUnitOfWork(connection)
    for i in range(20):
        take(work, add_job(work, "a", "b", routes=[("a", "b")], at=after(i)))
        add_job(work, retain_until=after(i), type="features")
    share(work)
    connection.plans.clear()
    yield connection
    connection.close()


def share(work: UnitOfWork) -> None:
    """Jobs shared with a user, with a team of theirs, and with everybody."""
    user = work.accounts.user(VIEWER)
    assert user is not None
    team = work.teams.add(new_id(), OURS, "team", NOW)
    work.teams.join(team.number, user.number)
    for index in range(1, 20, 3):
        graph = work.jobs.graph(JobNumber(index))
        assert graph is not None
        shares = [Share(user=user.number), Share(team=team.number), Share()]
        work.shares.replace(graph.job, shares)


def query(**narrow: object) -> Callable[[UnitOfWork], object]:
    return lambda work: work.jobs.find(JobQuery(OURS, **narrow))  # type: ignore[arg-type]


def asked(**narrow: object) -> Callable[[UnitOfWork], object]:
    return lambda work: work.reviews.find(ReviewQuery(OURS, NOW, **narrow))  # type: ignore[arg-type]


HOT: dict[str, Callable[[UnitOfWork], object]] = {
    "take": lambda work: work.queue.take(None, {}, 4, NOW),
    "take_one": lambda work: work.queue.take(None, {}, 1, NOW),
    "take_of_pools": lambda work: work.queue.take(["cpu"], {"x": 0}, 4, NOW),
    "next_due": lambda work: work.queue.next_due(NOW),
    "kept_among": lambda work: work.jobs.kept_among([RunToken("t")]),
    "running_of_workers": lambda work: work.jobs.running_of_workers([WORKER]),
    "holders": lambda work: work.workers.holders(),
    "floor": lambda work: work.jobs.floors([TaskNumber(3)], NOW),
    "due_for_purge": lambda work: work.jobs.due_for_purge(NOW, 10),
    "graph": lambda work: work.jobs.graph(JobNumber(1)),
    "list": query(),
    "list_page": query(before=PAGE),
    "list_state": query(states=(JobState.RUNNING,), before=PAGE),
    "list_type": query(types=("graph",), before=PAGE),
    "list_time": query(created_after=NOW, created_before=after(5), before=PAGE),
    "list_tag": query(tags=("x",), before=PAGE),
    "list_tags": query(tags=("x", "y"), states=(JobState.FAILED,), metadata=(("k", "v"),)),
    "list_metadata": query(metadata=(("k", "v"),), before=PAGE),
    "list_batch": query(batch=BatchNumber(1), before=PAGE),
    "count_state": lambda work: work.jobs.count(JobQuery(OURS, states=(JobState.FAILED,))),
    "places": lambda work: work.jobs.places(
        JobQuery(OURS, states=(JobState.FAILED, JobState.RUNNING), before=PAGE), JobNumber(9)
    ),
    "due_to_expire": lambda work: work.jobs.due_to_expire(NOW, 10),
    "waits_in": lambda work: work.queue.waits_in("platform", "bulk"),
    "running": lambda work: work.capacity.running(),
    "batch": lambda work: work.batches.list(OURS, None, 10),
    "batch_errors": lambda work: work.batches.errors(BatchNumber(1), 5, 10),
    "ingest": lambda work: work.ingests.get(JobNumber(1)),
    "marks": lambda work: work.marks.of([JobNumber(1), JobNumber(2)]),
    "list_default": query(kinds=(JobKind.DEFAULT,), before=PAGE),
    "list_batch_correct": query(batch=BatchNumber(1), correct=True, before=PAGE),
    "count_correct": lambda work: work.jobs.count(JobQuery(OURS, correct=True)),
    "news": lambda work: work.search.news(5, 10),
    "find_words": lambda work: work.search.find(OURS, '"x"', 9, 10),
    "seen": query(seen_by=VIEWER),
    "seen_page": query(seen_by=VIEWER, before=PAGE),
    "seen_state": query(seen_by=VIEWER, states=(JobState.RUNNING,), before=PAGE),
    "seen_time": query(seen_by=VIEWER, created_after=NOW, created_before=after(5), before=PAGE),
    "seen_summaries": lambda work: work.jobs.summaries(OURS, (), 100, 10, VIEWER),
    "seen_items": lambda work: work.items.list(OURS, ItemKind.RECORDING, 9, 10, VIEWER),
    "shown_asset": lambda work: work.assets.shown_by_job(AssetNumber(1), VIEWER),
    "shown_item": lambda work: work.items.shown_by_job(ItemNumber(1), VIEWER),
    "steps": lambda work: work.shares.steps(JobNumber(1), VIEWER),
    "session": lambda work: work.sessions.with_digest("x"),
    "attempts_to_sign_in": lambda work: work.sessions.attempts("x", NOW, 10),
    "drop_old": lambda work: work.sessions.drop_old(NOW, NOW),
    "users": lambda work: work.accounts.users(OURS, 0, 10),
    "keys": lambda work: work.accounts.keys(OURS, None, 0, 10),
    "keys_of_user": lambda work: work.accounts.keys(OURS, VIEWER, 0, 10),
    "teams": lambda work: work.teams.list(OURS, 0, 10),
    "summaries": lambda work: work.jobs.summaries(OURS, (), 100, 10),
    "events": lambda work: work.events.of_job(JobNumber(1), 5),
    "results": lambda work: work.results.of_job(JobNumber(1)),
    "attempts": lambda work: work.attempts.of_job(JobNumber(1)),
    "log": lambda work: work.attempts.log(AttemptNumber(1), 0, 10),
    "parts": lambda work: work.parts.of_task(TaskNumber(1)),
    "items": lambda work: work.items.list(OURS, ItemKind.RECORDING, 9, 10),
    "idempotency": lambda work: work.idempotency.find(OURS, "k"),
    "key": lambda work: work.accounts.key_with_prefix("x"),
    "remove": lambda work: work.jobs.remove(JobNumber(1)),
    "listening": lambda work: work.webhooks.endpoints.list(OURS, 9, 10),
    "deliveries": lambda work: work.webhooks.deliveries.find(DeliveryQuery(HOOK, before=9)),
    "deliveries_state": lambda work: work.webhooks.deliveries.find(
        DeliveryQuery(HOOK, (DeliveryState.FAILED,), created_from=NOW)
    ),
    "lease": lambda work: work.webhooks.deliveries.lease("me", Room(), NOW, after(60)),
    "next_delivery": lambda work: work.webhooks.deliveries.next_due(NOW),
    "any_delivery": lambda work: work.webhooks.deliveries.any_due(NOW),
    "free_leases": lambda work: work.webhooks.deliveries.free(None, NOW),
    "free_owner": lambda work: work.webhooks.deliveries.free("me", NOW),
    "oldest_delivery": lambda work: work.webhooks.deliveries.oldest_settled(),
    "prune_deliveries": lambda work: work.webhooks.deliveries.prune(NOW, 10),
    "replay_range": lambda work: work.webhooks.deliveries.replay_range(
        HOOK, NOW, after(1), [DeliveryState.FAILED], NOW
    ),
    "hold": lambda work: work.webhooks.deliveries.disable(HOOK, DisabledReason.GONE, NOW),
    "review": lambda work: work.reviews.get(OURS, "x"),
    "review_of_task": lambda work: work.reviews.of_task(TaskNumber(1)),
    "reviews_of_jobs": lambda work: work.reviews.of_jobs([JobNumber(1), JobNumber(2)]),
    "reviews": asked(),
    "reviews_step": asked(steps=("mapping",), after=5),
    "reviews_all": asked(states=(), after=5),
    "reviews_job": asked(job=JobNumber(1)),
    "reviews_mine": asked(holder=VIEWER),
    "reviews_free": asked(claimed=False),
    "reviews_seen": asked(seen_by=VIEWER),
    "claims": lambda work: work.reviews.claims(ReviewNumber(1)),
    "expired_claims": lambda work: work.reviews.expired(NOW, 10),
    "next_claim": lambda work: work.reviews.next_expiry(),
    "answers": lambda work: work.reviews.answers(ReviewNumber(1)),
    "changes": lambda work: work.reviews.changes(
        JobNumber(1), None, [], VIEWER, (0, -1), 10
    ),
    "truths": lambda work: work.truths.find(TruthQuery(OURS, below=9)),
    "truths_of_pipeline": lambda work: work.truths.find(TruthQuery(OURS, pipeline="p", below=9)),
    "any_truth": lambda work: work.truths.any(OURS, "p"),
    "known_truth": lambda work: work.truths.known(OURS, "p", "digest", JobNumber(1)),
    "measured": lambda work: work.quality.put(Measurement(OURS, "p", JobNumber(1), None), NOW),
    "remove_reviews": lambda work: work.reviews.remove_job(JobNumber(1)),
}  # fmt: skip

# Small by nature: who works, what is being sent, and partial indexes (walked up to a limit).
SMALL = re.compile(
    r"SCAN (worker|held|pool|running_limit|head|whose|lane|first|last|organization|CONSTANT ROW|"
    r"search VIRTUAL TABLE|waiting|\(subquery-\d+\)"
    r"|(task|next) USING (COVERING )?INDEX ix_task_(active|ready)"
    r"|delivery USING (COVERING )?INDEX ix_delivery_lease)"
)
# So is what is sorted of one job, or of what is at work now.
SORTED = re.compile(r"SEARCH \w+ USING .*\(job=\?\)|SCAN task USING INDEX ix_task_active")


@pytest.mark.parametrize("name", sorted(HOT))
def test_no_hot_statement_looks_through_a_table(watched: Watched, name: str) -> None:
    HOT[name](SqlUnitOfWork(watched))
    assert watched.plans
    for plan in watched.plans:
        assert not [step for step in plan if step.startswith("SCAN") and not SMALL.match(step)]
        if any("TEMP B-TREE" in step for step in plan):
            assert any(SORTED.match(step) for step in plan), plan


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("take", "ix_task_ready"),
        ("next_due", "ix_task_retry"),
        ("list", "ix_job_list"),
        ("list_page", "ix_job_list"),
        ("list_state", "ix_job_state"),
        ("list_type", "ix_job_type"),
        ("list_time", "ix_job_list"),
        ("due_for_purge", "ix_job_retain"),
        ("due_to_expire", "ix_job_expires"),
        ("list_batch", "ix_job_batch"),
        ("list_default", "ix_job_list"),
        ("count_correct", "ix_job_mark_correct"),
        ("summaries", "ix_job_number"),
        ("seen", "ix_job_owner"),
        ("seen", "ix_collaborator_user_time"),
        ("seen", "ix_collaborator_team_time"),
        ("seen_page", "ix_collaborator_whole_time"),
        ("seen_summaries", "ix_job_owner_number"),
        ("seen_summaries", "ix_collaborator_whole_job"),
        ("running_of_workers", "ix_task_active"),
        ("reviews", "ix_review_open"),
        ("reviews_step", "ix_review_step"),
        ("reviews_all", "ix_review_list"),
        ("reviews_job", "ix_review_job"),
        ("next_claim", "ix_review_claim_expires"),
        ("truths", "ix_ground_truth_list"),
        ("truths_of_pipeline", "ix_ground_truth_pipeline"),
        ("any_truth", "ix_ground_truth_input"),
        ("known_truth", "ix_ground_truth_input"),
        ("measured", "ix_measure_job"),
        ("measured", "ix_agreement_job"),
    ],
)
def test_a_statement_uses_the_index_made_for_it(watched: Watched, name: str, index: str) -> None:
    HOT[name](SqlUnitOfWork(watched))
    assert any(f"INDEX {index}" in step for plan in watched.plans for step in plan)
