"""What every TaskQueue must do so that nobody starves: turns, due dates, pools, limits."""

from dataclasses import replace
from datetime import datetime, timedelta

from jobmill.core.ids import (
    BatchNumber,
    JobId,
    OrganizationNumber,
    TaskNumber,
    UserNumber,
    new_id,
    new_ids,
)
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from tests.adapters.stores.seeds import add_job, new_job, owner, planned, settle, stranger, take
from tests.core.graphs import NOW, after

Who = tuple[OrganizationNumber, UserNumber]


def next_task(work: UnitOfWork, *, at: datetime = NOW, **room: int) -> TaskNumber | None:
    found = work.queue.take(None, room, 1, at)
    return found[0][1] if found else None


def first_of(graph: JobGraph) -> TaskNumber:
    return graph.tasks[0].number


def run_next(work: UnitOfWork, *, slots: int = 1) -> list[JobGraph]:
    """Claim the next tasks, one by one, until all slots are taken."""
    begun = []
    for _ in range(slots):
        ((job, _),) = work.queue.take(None, {}, 1, NOW)
        graph = work.jobs.graph(job)
        assert graph is not None
        take(work, graph)
        begun.append(graph)
    return begun


def end(work: UnitOfWork, graph: JobGraph) -> None:
    fresh = work.jobs.graph(graph.job.number)
    assert fresh is not None
    token = fresh.tasks[0].token
    assert token is not None
    settle(work, graph, token)


def batch(work: UnitOfWork, who: Who) -> BatchNumber:
    return work.batches.add(*who, None, 1, NOW)


class TurnsConformance:
    """The suite."""

    def test_ten_thousand_jobs_of_one_delay_anothers_single_job_by_one_run_at_most(
        self, work: UnitOfWork
    ) -> None:
        ours, theirs = owner(work), stranger(work)
        first = add_job(work, by=ours)
        number = batch(work, ours)
        alike = new_job(work, by=ours, priority=0, batch=number)
        work.jobs.add_many([replace(alike, id=JobId(each)) for each in new_ids(10_000)])
        running = run_next(work, slots=2)
        single = add_job(work, by=theirs, priority=139, at=after(60))
        end(work, running[0])
        assert next_task(work) == first_of(single)
        assert first.job.organization != single.job.organization

    def test_with_one_slot_two_organizations_alternate(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for place in range(6):
            add_job(work, by=ours, at=after(place))
            add_job(work, by=theirs, at=after(place + 100))
        served = []
        for _ in range(8):
            (graph,) = run_next(work)
            served.append(graph.job.organization)
            end(work, graph)
        assert all(served[i] != served[i + 1] for i in range(7))

    def test_who_runs_least_comes_next_whatever_the_priority(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for _ in range(4):
            add_job(work, by=ours, priority=0)
            add_job(work, by=theirs, priority=100)
        begun = [graph.job.organization for graph in run_next(work, slots=6)]
        assert begun.count(ours[0]) == begun.count(theirs[0]) == 3

    def test_taking_many_at_once_is_as_fair(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for _ in range(5):
            add_job(work, by=ours)
        late = [add_job(work, by=theirs, at=after(9)) for _ in range(2)]
        found = {number for _, number in work.queue.take(None, {}, 4, NOW)}
        assert {first_of(graph) for graph in late} < found
        assert len(found) == 4

    def test_batches_of_an_organization_take_turns_inside_a_priority(
        self, work: UnitOfWork
    ) -> None:
        ours = owner(work)
        big = batch(work, ours)
        for _ in range(50):
            add_job(work, by=ours, batch=big)
        small = batch(work, ours)
        fast = add_job(work, by=ours, batch=small, at=after(5))
        alone = add_job(work, by=ours, at=after(6))
        urgent = add_job(work, by=ours, priority=1, batch=big, at=after(9))
        order = [graph.job.number for graph in run_next(work, slots=4)]
        assert order[0] == urgent.job.number
        assert {fast.job.number, alone.job.number} <= set(order[1:4])

    def test_who_can_run_nothing_here_is_passed_over(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for place in range(3):
            add_job(work, planned("a", pool="gpu"), by=ours, at=after(place))
            add_job(work, planned("a", engine="full"), by=ours, at=after(place))
        single = add_job(work, by=theirs)
        assert work.queue.take(["cpu"], {"full": 0}, 9, NOW) == [
            (single.job.number, first_of(single))
        ]

    def test_who_was_away_has_one_turn_and_no_arrears(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for _ in range(9):
            add_job(work, by=ours)
        add_job(work, by=theirs)
        for _ in range(6):
            (graph,) = run_next(work)
            end(work, graph)
        back = [add_job(work, by=theirs).job.number for _ in range(2)]
        served = []
        for _ in range(4):
            (graph,) = run_next(work)
            served.append(graph.job.number in back)
            end(work, graph)
        assert sorted(served[:2]) == sorted(served[2:]) == [False, True]

    def test_due_dates_order_work_of_equal_priority_and_end_nothing(self, work: UnitOfWork) -> None:
        plain = add_job(work, at=after(0))
        later = add_job(work, at=after(1), due=NOW + timedelta(days=2))
        soon = add_job(work, at=after(2), due=NOW - timedelta(days=1))
        urgent = add_job(work, at=after(3), priority=3)
        found = [number for _, number in work.queue.take(None, {}, 9, after(9))]
        assert found == [first_of(each) for each in (urgent, soon, later, plain)]

    def test_a_new_priority_and_due_date_hold_for_what_waits(self, work: UnitOfWork) -> None:
        early, late = add_job(work, at=after(0)), add_job(work, at=after(1))
        work.jobs.describe(late.job, replace(late.job, due=after(99)))
        assert next_task(work) == first_of(late)
        work.jobs.describe(early.job, replace(early.job, priority=1))
        assert next_task(work) == first_of(early)
        graph = work.jobs.graph(early.job.number)
        assert graph is not None
        assert (graph.job.priority, graph.tasks[0].priority) == (1, 1)

    def test_a_paused_pool_hides_only_its_own(self, work: UnitOfWork) -> None:
        gpu = add_job(work, planned("a", pool="gpu"))
        cpu = add_job(work, at=after(1))
        work.capacity.set_paused("gpu", paused=True)
        assert work.capacity.paused() == {"gpu"}
        assert [n for _, n in work.queue.take(None, {}, 9, NOW)] == [first_of(cpu)]
        assert work.queue.take(["gpu"], {}, 9, NOW) == []
        work.capacity.set_paused("gpu", paused=False)
        assert next_task(work) == first_of(gpu)

    def test_the_platforms_own_work_is_for_the_platform(self, work: UnitOfWork) -> None:
        own = add_job(work, planned("a", pool="platform", engine="bulk"))
        assert work.queue.take(None, {}, 9, NOW) == []
        assert [n for _, n in work.queue.take(["platform"], {}, 9, NOW)] == [first_of(own)]
        assert work.queue.waits_in("platform", "bulk")
        assert not work.queue.waits_in("platform", "export")
        assert not work.queue.waits_in("cpu", "bulk")

    def test_limits_hold_for_what_runs_and_what_is_taken_together(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for _ in range(5):
            add_job(work, by=ours)
            add_job(work, planned("a", engine="narrow"), by=theirs)
        work.capacity.set_limit(ours[0], None, 2)
        work.capacity.set_limit(None, "narrow", 1)
        found = work.queue.take(None, {}, 9, NOW)
        whose = [work.jobs.graph(job) for job, _ in found]
        assert sorted(graph.job.organization for graph in whose if graph) == [
            ours[0], ours[0], theirs[0],
        ]  # fmt: skip
        begun = run_next(work, slots=3)
        assert work.queue.take(None, {}, 9, NOW) == []
        end(work, next(graph for graph in begun if graph.job.organization == ours[0]))
        assert len(work.queue.take(None, {}, 9, NOW)) == 1

    def test_a_limit_of_both_concerns_that_pair_alone(self, work: UnitOfWork) -> None:
        ours, theirs = owner(work), stranger(work)
        for by in (ours, theirs):
            add_job(work, planned("a", engine="x"), planned("b", engine="y"), by=by)
        limit = work.capacity.set_limit(ours[0], "x", 0)
        assert len(work.queue.take(None, {}, 9, NOW)) == 3
        changed = work.capacity.set_limit(ours[0], "x", 5)
        assert (changed.id, changed.running) == (limit.id, 5)
        assert len(work.queue.take(None, {}, 9, NOW)) == 4
        assert work.capacity.remove_limit(limit.id)
        assert not work.capacity.remove_limit(new_id())
        assert work.capacity.limits() == []

    def test_the_pools_are_counted(self, work: UnitOfWork) -> None:
        add_job(work, planned("a", pool="gpu"))
        run_next(work)
        add_job(work, planned("a", pool="gpu"), planned("b", pool="cpu"))
        pools = {pool.name: (pool.ready, pool.running) for pool in work.capacity.pools(NOW)}
        assert pools == {"cpu": (1, 0), "gpu": (1, 1)}
