"""What the smaller stores must do: events, results, attempts, workers, idempotency, pipelines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import RunToken, WorkerName, new_id
from jobmill.core.jobs import machine
from jobmill.core.jobs.model import Failure, LogLine, Part, Worker
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.pipelines import PipelineDefinition, Program
from jobmill.core.results import Provenance, Result
from tests.adapters.stores.seeds import add_job, owner, settle, stranger, take
from tests.core.graphs import NOW, WORKER, after


class EventLogConformance:
    """The suite."""

    def test_events_come_back_in_order_with_rising_numbers(self, work: UnitOfWork) -> None:
        job, other = add_job(work).job.number, add_job(work).job.number
        work.events.append(job, [NewEvent(EventType.JOB_CREATED)], NOW)
        work.events.append(other, [NewEvent(EventType.JOB_CREATED)], NOW)
        data = {"attempt": 1, "ä": [None, 2.5]}
        work.events.append(
            job,
            [NewEvent(EventType.TASK_READY, "a", data), NewEvent(EventType.TASK_CLAIMED, "a")],
            after(1),
        )
        found = work.events.of_job(job)
        assert [event.type for event in found] == [
            EventType.JOB_CREATED,
            EventType.TASK_READY,
            EventType.TASK_CLAIMED,
        ]
        assert [event.number for event in found] == sorted({event.number for event in found})
        assert (found[1].job, found[1].task, found[1].data, found[1].at) == (
            job,
            "a",
            data,
            after(1),
        )
        assert len(work.events.of_job(other)) == 1

    def test_a_reader_goes_on_where_it_stopped(self, work: UnitOfWork) -> None:
        job = add_job(work).job.number
        for _ in range(5):
            work.events.append(job, [NewEvent(EventType.TASK_READY, "a")], NOW)
        seen: list[int] = []
        while page := work.events.of_job(job, seen[-1] if seen else 0, 2):
            seen += [event.number for event in page]
        assert seen == [event.number for event in work.events.of_job(job)]
        assert len(seen) == 5

    def test_appending_nothing_is_nothing(self, work: UnitOfWork) -> None:
        job = add_job(work).job.number
        work.events.append(job, [], NOW)
        assert work.events.of_job(job) == []


class ResultStoreConformance:
    """The suite."""

    def test_results_come_back_by_task_and_feature(self, work: UnitOfWork) -> None:
        graph = add_job(work, "a", "b")
        source = Provenance("scan", "1.2", {"p": 1}, "f" * 64)
        found = [
            Result("a", "X", {"spans": [{"start_ms": 0.001}]}, source, {"duration_ms": 1}),
            Result("a", "Y", {}, source),
        ]
        plain = Result("b", None, {"any": "thing"}, source)
        job = graph.job.number
        work.results.add(job, graph.named("a").number, 1, found, NOW)
        work.results.add(job, graph.named("b").number, 1, [plain], NOW)
        assert work.results.of_job(job) == [*found, plain]

    def test_a_result_written_again_is_still_one(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        source = Provenance("noop", "1", {})
        for text in ("first", "second"):
            result = Result("a", None, {"text": text}, source)
            work.results.add(graph.job.number, graph.tasks[0].number, 1, [result], NOW)
        (kept,) = work.results.of_job(graph.job.number)
        assert kept.document == {"text": "second"}

    def test_results_of_an_earlier_generation_are_not_shown(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        result = Result("a", None, {}, Provenance("noop", "1", {}))
        work.results.add(graph.job.number, graph.tasks[0].number, 1, [result], NOW)
        ended = settle(work, graph, take(work, graph))
        assert len(work.results.of_job(graph.job.number)) == 1
        apply_change(work, machine.restart(ended, NOW), NOW)
        assert work.results.of_job(graph.job.number) == []


class AttemptStoreConformance:
    """The suite."""

    def test_an_attempt_has_its_history(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        first = take(work, graph)
        work.attempts.started(first, after(1))
        failure = Failure("c", "m", "a", FailureClass.PLATFORM)
        work.attempts.close(first, "failed", failure, after(9), after(2))
        running = work.jobs.lock(graph.job.number)
        assert running
        apply_change(work, machine.recover(running, graph.tasks[0].number, "x", NOW), NOW)
        take(work, graph)
        one, two = work.attempts.of_job(graph.job.number)
        assert (one.task, one.attempt, one.generation, one.worker) == ("a", 1, 1, WORKER)
        assert (one.state, one.failure) == ("failed", failure)
        assert (one.claimed_at, one.started_at, one.ended_at) == (NOW, after(1), after(2))
        assert (two.attempt, two.state, two.started_at, two.ended_at) == (2, "running", None, None)

    def test_an_attempt_ends_once(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        token = take(work, graph)
        work.attempts.close(token, "lost", None, None, after(1))
        work.attempts.close(token, "done", None, None, after(2))
        (attempt,) = work.attempts.of_job(graph.job.number)
        assert (attempt.state, attempt.ended_at) == ("lost", after(1))

    def test_a_start_that_was_not_told_before_is_told_with_the_end(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        work.attempts.close(take(work, graph), "done", None, after(1), after(2))
        assert work.attempts.of_job(graph.job.number)[0].started_at == after(1)

    def test_a_log_is_read_page_by_page(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        token = take(work, graph)
        lines = [LogLine(after(i), "info", f"line {i} ü") for i in range(5)]
        work.attempts.add_log(token, lines[:2])
        work.attempts.add_log(token, lines[2:])
        work.attempts.add_log(RunToken("nobody"), lines)
        (attempt,) = work.attempts.of_job(graph.job.number)
        first = work.attempts.log(attempt.number, 0, 3)
        rest = work.attempts.log(attempt.number, first[-1][0], 99)
        assert [line for _, line in [*first, *rest]] == lines

    def test_a_part_is_written_once_and_counted_once(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        number, organization = graph.tasks[0].number, graph.job.organization
        parts = [Part("out", 0, "1" * 64, 5, "a/b"), Part("out", 1, "2" * 64, 6, "c/d")]
        work.parts.add(number, 1, parts, organization)
        work.parts.add(number, 1, parts, organization)
        assert work.parts.of_task(number) == parts
        assert {blob.sha256 for blob in work.jobs.remove(graph.job.number)} == {
            "1" * 64,
            "2" * 64,
        }

    def test_two_parts_of_the_same_bytes_free_them_with_the_second(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        same = [Part("out", i, "1" * 64, 5, "a/b") for i in range(2)]
        work.parts.add(graph.tasks[0].number, 1, same, graph.job.organization)
        assert len(work.jobs.remove(graph.job.number)) == 1

    def test_parts_are_those_of_the_present_generation(self, work: UnitOfWork) -> None:
        graph = add_job(work)
        number, organization = graph.tasks[0].number, graph.job.organization
        work.parts.add(number, 1, [Part("out", 0, "1" * 64, 5, "a/b")], organization)
        ended = settle(work, graph, take(work, graph))
        apply_change(work, machine.restart(ended, NOW), NOW)
        assert work.parts.of_task(number) == []
        new = Part("out", 0, "2" * 64, 5, "a/b")
        work.parts.add(number, 2, [new], organization)
        assert work.parts.of_task(number) == [new]


class WorkerStoreConformance:
    """The suite."""

    def test_a_worker_lives_as_long_as_it_beats(self, work: UnitOfWork) -> None:
        worker = Worker(WORKER, 7, "here", 3, NOW, NOW)
        work.workers.beat(worker)
        assert work.workers.live(NOW - timedelta(seconds=1)) == [worker]
        assert work.workers.live(NOW) == []
        work.workers.beat(replace(worker, pid=8, beat_at=after(5)))
        assert work.workers.live(NOW) == [replace(worker, pid=8, beat_at=after(5))]
        work.workers.remove(WORKER)
        assert work.workers.live(NOW) == []

    def test_a_worker_shows_how_much_it_runs(self, work: UnitOfWork) -> None:
        work.workers.beat(Worker(WORKER, 7, "here", 3, NOW, after(1)))
        graph = add_job(work, "a", "b", "c")
        take(work, graph, "a")
        settle(work, graph, take(work, graph, "b"), "b")
        assert [each.running for each in work.workers.live(NOW)] == [1]

    def test_whoever_holds_tasks_is_known_with_the_last_beat(self, work: UnitOfWork) -> None:
        work.workers.beat(Worker(WORKER, 7, "here", 3, NOW, after(1)))
        work.workers.beat(Worker(WorkerName("idle"), 8, "here", 3, NOW, after(1)))
        assert work.workers.holders() == []
        graph = add_job(work, "a", "b", "c")
        take(work, graph, "a")
        take(work, graph, "b")
        take(work, graph, "c", WorkerName("worker-9"))
        assert work.workers.holders() == [(WORKER, after(1)), ("worker-9", None)]


class IdempotencyStoreConformance:
    """The suite."""

    def test_a_request_is_remembered_within_its_organization(self, work: UnitOfWork) -> None:
        job = add_job(work).job
        work.idempotency.keep(job.organization, "k", "print", job.number, NOW)
        assert work.idempotency.find(job.organization, "k") == ("print", job.number)
        assert work.idempotency.find(job.organization, "K") is None
        assert work.idempotency.find(stranger(work)[0], "k") is None

    def test_a_key_means_one_job(self, work: UnitOfWork) -> None:
        job = add_job(work).job
        work.idempotency.keep(job.organization, "k", "print", job.number, NOW)
        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            work.idempotency.keep(job.organization, "k", "other", job.number, NOW)

    def test_old_requests_are_forgotten(self, work: UnitOfWork) -> None:
        job = add_job(work).job
        work.idempotency.keep(job.organization, "old", "p", job.number, NOW)
        work.idempotency.keep(job.organization, "new", "p", job.number, NOW + timedelta(hours=25))
        assert work.idempotency.find(job.organization, "old") is None
        assert work.idempotency.find(job.organization, "new") is not None


class PipelineStoreConformance:
    """The suite."""

    def test_pipelines_are_kept_by_name_within_their_organization(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        definition = PipelineDefinition(
            features=("X",), params={"X": {"p": 1}}, tasks=({"name": "a"},), routes=({"from": "a"},)
        )
        made = work.pipelines.add(organization, "b", "text", definition, {"v": 1}, NOW)
        assert made.version == 1
        assert work.pipelines.get(organization, "b") == made
        assert work.pipelines.get(stranger(work)[0], "b") is None
        first = work.pipelines.add(organization, "a", "", definition, {}, NOW)
        assert work.pipelines.list(organization) == [first, made]
        edited = replace(made, name="c", version=2, description="new", updated_at=after(1))
        work.pipelines.replace(edited)
        assert work.pipelines.get(organization, "c") == edited
        assert work.pipelines.get(organization, "b") is None
        assert work.pipelines.remove(organization, "c")
        assert not work.pipelines.remove(organization, "c")
        assert work.pipelines.list(organization) == [first]

    def test_programs_are_kept_with_pipelines_and_as_they_were(self, work: UnitOfWork) -> None:
        organization, _ = owner(work)
        program = Program({"type": "object"}, {"required": ["a"]}, files=("/u", "t:/v"), answer="a")
        definition = PipelineDefinition(tasks=({"name": "a"},))
        made = work.pipelines.add(organization, "p", "", definition, {}, NOW, program)
        assert work.pipelines.get(organization, "p") == made
        number = work.pipelines.keep_program(organization, program)
        assert work.pipelines.keep_program(organization, program) == number
        other = replace(program, answer="b")
        work.pipelines.replace(replace(made, program=other))
        assert work.pipelines.program(number) == program
        assert work.pipelines.keep_program(organization, other) != number
        assert work.pipelines.keep_program(stranger(work)[0], program) != number
        assert work.pipelines.program(99) is None


class AccountStoreConformance:
    """The suite. Keys and rights are tested with the core, over its own double."""

    def test_accounts_are_found_by_name_and_number(self, work: UnitOfWork) -> None:
        organization, admin = owner(work)
        other, somebody = stranger(work)
        assert organization != other
        assert work.accounts.organization_named("nobody") is None
        found = work.accounts.user_named(organization, "admin")
        assert found
        assert found.number == admin
        assert work.accounts.user(admin) == found
        assert work.accounts.user_named(other, "admin") is None
        assert work.accounts.user_named(organization, "somebody") is None
        added = work.accounts.add_user(new_id(), other, "admin")
        assert added.number not in (admin, somebody)
