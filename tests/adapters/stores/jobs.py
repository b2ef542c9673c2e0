"""What every JobStore must do."""

import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.ids import JobId, JobNumber, RunToken, TaskNumber, WorkerName, new_id
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import Failure, FeatureProgress, JobGraph, Part, Worker
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.results import Provenance, Result, ResultWarning
from tests.adapters.stores.seeds import add_job, new_job, owner, planned, settle, stranger, take
from tests.core.graphs import NOW, WORKER, after

HALF = {"": FeatureProgress(1, 2, "s", NOW, after(1))}


def unnamed(graph: JobGraph) -> JobGraph:
    """The job without what tells it from one just like it."""
    job = replace(graph.job, number=JobNumber(0), id=JobId(""))
    own = {"number": TaskNumber(0), "id": "", "job": job.number}
    return replace(graph, job=job, tasks=tuple(replace(task, **own) for task in graph.tasks))


def whole(work: UnitOfWork, number: JobNumber) -> JobGraph:
    graph = work.jobs.graph(number)
    assert graph is not None
    return graph


class JobStoreConformance:
    """The suite."""

    def test_what_was_added_is_read_back_as_it_was_answered(self, work: UnitOfWork) -> None:
        added = add_job(
            work,
            planned("a", features=("X", "Y"), parameters={"p": [1, None]}, max_retries=2),
            planned("b", required=False, pool="gpu", engine="other"),
            routes=[("a", "b")],
            features=("X", "Y"),
            params={"ä": {"deep": True}},
            priority=7,
            retain_until=after(60),
            extras={"vendor": {"k": "v"}},
        )
        assert whole(work, added.job.number) == added
        assert work.jobs.lock(added.job.number) == added
        assert added.job.state is JobState.QUEUED
        assert [task.state for task in added.tasks] == [TaskState.READY, TaskState.WAITING]
        assert {task.priority for task in added.tasks} == {7}
        assert len({task.number for task in added.tasks}) == 2

    def test_several_are_read_one_at_a_time_by_number(self, work: UnitOfWork) -> None:
        large = {"json": [f"text {n}" for n in range(20_000)]}
        numbers = [add_job(work, input=large).job.number for _ in range(12)]
        gone = JobNumber(numbers[-1] + 100)
        tracemalloc.start()
        try:
            found = [job.number for job in work.jobs.several([gone, *reversed(numbers)])]
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert found == numbers
        assert most < 8 * 2**20  # one of them takes a bit more than a megabyte

    def test_a_route_named_twice_is_one(self, work: UnitOfWork) -> None:
        added = add_job(work, "a", "b", routes=[("a", "b"), ("a", "b")])
        assert len(whole(work, added.job.number).routes) == 1

    def test_jobs_added_together_are_as_if_each_had_been_added_by_itself(
        self, work: UnitOfWork
    ) -> None:
        two = (planned("a", features=("X",)), planned("b", parameters={"p": [True, 1]}))
        said: list[dict[str, Any]] = [
            {"input": {"json": 1}},
            {"input": {"json": True}},
            {"input": {"json": 1.0}, "metadata": {"n": 1}, "tags": ("one", "two")},
            {"input": {"json": "ä"}, "metadata": {"n": "1"}, "due": after(9), "priority": 3},
            {"input": {"json": []}, "hold": Hold.PARKED, "expires_at": after(99)},
            {"input": {"json": 1}, "retain_until": after(60), "extras": {"vendor": {}}},
        ]
        plain = [new_job(work, *two, routes=[("a", "b")] * 2, **each) for each in said]
        plain += [new_job(work, name=f"job {number}") for number in range(1500)]
        alone = [work.jobs.add(each) for each in plain]
        together = work.jobs.add_many([replace(each, id=JobId(new_id())) for each in plain])
        assert list(together) == sorted(together)
        for one, number in zip(alone, together, strict=True):
            assert unnamed(whole(work, number)) == unnamed(one)
            assert repr(whole(work, number).job.input) == repr(one.job.input)
        ours = alone[0].job.organization
        assert len(work.jobs.find(JobQuery(ours, tags=("one",)))) == 2
        assert len(work.jobs.find(JobQuery(ours, metadata=(("n", "1"),)))) == 4
        tasks = [task for number in together for task in whole(work, number).tasks]
        assert [task.number for task in tasks] == sorted({task.number for task in tasks})
        assert len({task.id for task in tasks}) == len(tasks)

    def test_no_jobs_are_added_together(self, work: UnitOfWork) -> None:
        assert work.jobs.add_many([]) == []

    def test_job_numbers_rise_and_are_not_used_again(self, work: UnitOfWork) -> None:
        first, second = add_job(work), add_job(work)
        assert first.job.number < second.job.number
        work.jobs.remove(second.job.number)
        assert add_job(work).job.number > second.job.number

    def test_a_job_is_found_by_its_organization_alone(self, work: UnitOfWork) -> None:
        job = add_job(work).job
        assert work.jobs.number_of(job.organization, job.id) == job.number
        assert work.jobs.number_of(stranger(work)[0], job.id) is None
        assert work.jobs.number_of(job.organization, JobId(new_id())) is None
        assert work.jobs.graph(JobNumber(10**9)) is None

    def test_a_deleted_job_is_hidden_but_whole(self, work: UnitOfWork) -> None:
        job = add_job(work).job
        work.jobs.mark_deleted(job.number, NOW)
        assert work.jobs.number_of(job.organization, job.id) is None
        assert not work.jobs.find(JobQuery(job.organization))
        assert not work.jobs.summaries(job.organization, (), None, 10)
        found = whole(work, job.number).job
        assert found.deleted
        assert found.retain_until == NOW

    def test_a_change_is_read_back_as_it_was_written(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b")
        failure = Failure("c", "m", "a", FailureClass.LIMIT)
        warnings = (ResultWarning("w", "ü", "X", "a"),)
        a = replace(
            graph.tasks[0],
            state=TaskState.FAILED,
            generation=2,
            attempt=3,
            deaths=1,
            failures=2,
            token=RunToken("t"),
            worker=WORKER,
            progress=HALF,
            warnings=warnings,
            failure=failure,
            retry_at=after(1),
            ready_at=after(2),
            started_at=after(3),
            ended_at=after(4),
        )
        job = replace(
            graph.job,
            state=JobState.FAILED,
            generation=2,
            cancel_requested=True,
            reason=failure,
            warnings=warnings,
            updated_at=after(5),
            started_at=after(6),
            ended_at=after(7),
        )
        changed = JobGraph(job, (a, graph.tasks[1]))
        work.jobs.save(Change(changed, (a,), ()))
        assert whole(work, job.number) == changed

    def test_saving_a_change_does_not_bring_a_deleted_job_back(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        work.jobs.mark_deleted(graph.job.number, NOW)
        apply_change(work, machine.cancel(graph, NOW), NOW)
        found = whole(work, graph.job.number).job
        assert found.deleted
        assert found.retain_until == NOW

    def test_only_the_running_attempt_notes_progress(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        token, number = take(work, graph), graph.tasks[0].number
        assert work.jobs.note_progress(number, token, HALF)
        assert whole(work, graph.job.number).tasks[0].progress == HALF
        assert not work.jobs.note_progress(number, RunToken("stale"), {})
        assert whole(work, graph.job.number).tasks[0].progress == HALF

    def test_jobs_are_listed_newest_first_page_by_page(self, work: UnitOfWork) -> None:
        # Three at a time share a moment, so that a page can end between them.
        made = [add_job(work, at=after(i // 3)).job for i in range(10)]
        query = JobQuery(made[0].organization, limit=4)
        seen: list[JobNumber] = []
        while page := work.jobs.find(query):
            seen += [graph.job.number for graph in page]
            last = page[-1].job
            query = replace(query, before=(last.created_at, last.number))
        assert seen == [job.number for job in reversed(made)]

    def test_a_listed_job_is_whole(self, work: UnitOfWork) -> None:
        first = add_job(work, "a", "b", routes=[("a", "b")])
        second = add_job(work, "c", at=after(1))
        assert work.jobs.find(JobQuery(first.job.organization)) == [second, first]

    def test_a_list_is_narrowed_by_state_type_and_time(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        queued = add_job(work, at=after(0), type="features").job.number
        running = add_job(work, at=after(10), type="nightly")
        take(work, running)
        cancelled = add_job(work, at=after(20))
        apply_change(work, machine.cancel(cancelled, NOW), NOW)
        add_job(work, at=after(20), by=stranger(work))

        def found(**narrow: object) -> list[JobNumber]:
            query = JobQuery(organization, **narrow)  # type: ignore[arg-type]
            return [graph.job.number for graph in work.jobs.find(query)]

        ran, ended = running.job.number, cancelled.job.number
        assert found() == [ended, ran, queued]
        assert found(states=(JobState.RUNNING,)) == [ran]
        assert found(states=(JobState.QUEUED, JobState.CANCELLED)) == [ended, queued]
        assert found(types=("features", "nightly")) == [ran, queued]
        assert found(created_after=after(10)) == [ended, ran]
        assert found(created_before=after(10)) == [queued]
        assert found(states=(JobState.RUNNING,), types=("features",)) == []
        assert found(limit=1) == [ended]

    def test_summaries_carry_what_a_long_list_shows(self, work: UnitOfWork) -> None:
        made = [add_job(work, extras={"n": i}).job for i in range(3)]
        first = work.jobs.summaries(made[0].organization, (), None, 2)
        assert [each.number for each in first] == [made[2].number, made[1].number]
        assert (first[0].id, first[0].state, first[0].extras) == (
            made[2].id,
            JobState.QUEUED,
            {"n": 2},
        )
        (rest,) = work.jobs.summaries(made[0].organization, (), first[-1].number, 2)
        assert rest.number == made[0].number

    def test_jobs_are_due_when_their_retention_is_over(self, work: UnitOfWork) -> None:
        late = add_job(work, retain_until=after(20)).job.number
        early = add_job(work, retain_until=after(10)).job.number
        add_job(work)
        assert work.jobs.due_for_purge(after(9), 10) == []
        assert work.jobs.due_for_purge(after(10), 10) == [early]
        assert work.jobs.due_for_purge(after(99), 10) == [early, late]
        assert work.jobs.due_for_purge(after(99), 1) == [early]

    def test_a_due_job_that_is_being_stopped_does_not_stand_in_the_way(
        self, work: UnitOfWork
    ) -> None:
        graph = add_job(work, retain_until=NOW)
        token = take(work, graph)
        assert work.jobs.due_for_purge(NOW, 1) == [graph.job.number]
        apply_change(work, machine.cancel(whole(work, graph.job.number), NOW), NOW)
        assert work.jobs.due_for_purge(NOW, 1) == []
        stopped = machine.settle_cancelled(
            whole(work, graph.job.number), graph.tasks[0].number, token, NOW
        )
        apply_change(work, stopped, NOW)
        assert work.jobs.due_for_purge(NOW, 1) == [graph.job.number]

    def test_removing_takes_all_that_hangs_on_the_job_and_frees_its_blobs(
        self, work: UnitOfWork
    ) -> None:
        graph, kept = add_job(work, "a", "b", routes=[("a", "b")]), add_job(work)
        token, job = take(work, graph), graph.job
        a = graph.tasks[0].number
        own, shared = Part("out", 0, "1" * 64, 5, "a/b"), Part("out", 1, "2" * 64, 6, "a/b")
        work.parts.add(a, 1, [own, shared], job.organization)
        work.parts.add(kept.tasks[0].number, 1, [shared], job.organization)
        result = Result("a", None, {}, Provenance("noop", "1", {}))
        work.results.add(job.number, a, 1, [result], NOW)
        work.idempotency.keep(job.organization, "key", "f", job.number, NOW)
        settle(work, graph, token)
        (unused,) = work.jobs.remove(job.number)
        assert (unused.sha256, unused.size) == ("1" * 64, 5)
        assert work.jobs.graph(job.number) is None
        assert not work.events.of_job(job.number)
        assert not work.results.of_job(job.number)
        assert not work.attempts.of_job(job.number)
        assert not work.parts.of_task(a)
        assert work.idempotency.find(job.organization, "key") is None
        assert whole(work, kept.job.number) == kept
        assert [b.sha256 for b in work.jobs.remove(kept.job.number)] == ["2" * 64]

    def test_the_tasks_that_workers_hold_are_known(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b", "c", "d")
        other = WorkerName("worker-2")
        token = take(work, graph, "a")
        take(work, graph, "b", other)
        settle(work, graph, take(work, graph, "c"), "c")
        a, b = graph.named("a").number, graph.named("b").number
        job = graph.job.number
        assert work.jobs.running_of_workers([WORKER]) == [(job, a)]
        assert sorted(work.jobs.running_of_workers([WORKER, other])) == [(job, a), (job, b)]
        assert work.jobs.running_of_workers([]) == []
        settle(work, graph, token, "a")
        assert work.jobs.running_of_workers([WORKER]) == []

    def test_an_attempt_is_kept_until_it_is_fenced_off_settled_or_cancelled(
        self, work: UnitOfWork
    ) -> None:
        graph, doomed = add_job(work, "a", "b", "c"), add_job(work)
        kept, lost = take(work, graph, "a"), take(work, graph, "b")
        ended, cancelled = take(work, graph, "c"), take(work, doomed)
        everything = [kept, lost, ended, cancelled]
        assert sorted(work.jobs.kept_among(everything)) == sorted(everything)
        fresh = whole(work, graph.job.number)
        apply_change(work, machine.recover(fresh, fresh.named("b").number, "gone", NOW), NOW)
        settle(work, graph, ended, "c")
        apply_change(work, machine.cancel(whole(work, doomed.job.number), NOW), NOW)
        assert work.jobs.kept_among(everything) == [kept]
        assert work.jobs.kept_among([RunToken("unknown")]) == []
        again = take(work, graph, "b")
        assert work.jobs.kept_among([lost, again]) == [again]

    @pytest.mark.parametrize("ahead", [0, 3])
    def test_the_floor_tells_who_works_on_what_and_how_many_stand_ahead(
        self, work: UnitOfWork, ahead: int
    ) -> None:
        work.workers.beat(Worker(WORKER, 1, "h", 2, NOW, NOW))
        work.workers.beat(Worker(WorkerName("old"), 2, "h", 2, NOW, NOW - timedelta(minutes=1)))
        for i in range(ahead):
            add_job(work, priority=i)
        busy = add_job(work, planned("a", engine="slow"))
        last = add_job(work, at=after(1))
        take(work, busy)
        task = last.tasks[0].number
        floor = work.jobs.floors([task], NOW)[task]
        assert [worker.name for worker in floor.workers] == [WORKER]
        assert [worker.running for worker in floor.workers] == [1]
        assert floor.running_by_engine == {"slow": 1}
        assert floor.ready_ahead == ahead
