"""Each transition by itself: what it sets, what it tells, whom it refuses."""

from datetime import datetime

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.events import EventType
from jobmill.core.ids import WorkerName
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import Change, StaleAttempt
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.states import JobState, TaskState, TransitionNotAllowed
from jobmill.core.results import ResultWarning
from tests.core.graphs import NOW, WORKER, after, failed, graph, number_of, task, token


def claimed(job: JobGraph, name: str = "a", with_token: str = "t") -> JobGraph:
    return machine.claim(job, number_of(name), WORKER, token(with_token), NOW).graph


def done(job: JobGraph, name: str = "a", with_token: str = "t") -> Change:
    return machine.settle_done(job, number_of(name), token(with_token), [], None, after(5))


def types(change: Change) -> list[EventType]:
    return [event.type for event in change.events]


def test_a_claim_begins_an_attempt_and_starts_the_job() -> None:
    change = machine.claim(graph(task("a")), number_of("a"), WORKER, token(), NOW)
    (a,) = change.tasks
    assert (a.state, a.attempt, a.worker, a.token) == (TaskState.STARTING, 1, WORKER, "t")
    assert change.graph.job.state is JobState.RUNNING
    assert change.graph.job.started_at == NOW
    assert types(change) == [EventType.TASK_CLAIMED, EventType.JOB_STARTED]


@pytest.mark.parametrize("state", sorted(set(TaskState) - {TaskState.READY}))
def test_only_a_ready_task_can_be_claimed(state: TaskState) -> None:
    job = graph(task("a", state), state=JobState.RUNNING)
    with pytest.raises(TransitionNotAllowed):
        claimed(job)


def test_the_engines_start_is_told_once() -> None:
    job = claimed(graph(task("a")))
    first = machine.engine_started(job, number_of("a"), token(), after(1))
    assert first.graph.tasks[0].state is TaskState.RUNNING
    assert first.graph.tasks[0].started_at == after(1)
    assert types(first) == [EventType.TASK_STARTED]
    again = machine.engine_started(first.graph, number_of("a"), token(), after(2))
    assert (again.tasks, again.events) == ((), ())


def test_a_success_completes_the_job() -> None:
    change = done(claimed(graph(task("a"))))
    assert change.graph.tasks[0].state is TaskState.DONE
    assert change.graph.tasks[0].token is None
    assert change.graph.job.state is JobState.COMPLETED
    assert change.graph.job.ended_at == after(5)
    assert change.graph.job.reason is None
    assert types(change) == [EventType.TASK_DONE, EventType.JOB_COMPLETED]


def test_a_success_makes_the_children_ready_whose_parents_are_all_done() -> None:
    job = graph(*map(task, "abcd"), routes=[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    change = done(claimed(job))
    states = {each.name: each.state for each in change.graph.tasks}
    assert states == {
        "a": TaskState.DONE,
        "b": TaskState.READY,
        "c": TaskState.READY,
        "d": TaskState.WAITING,
    }
    assert {each.name for each in change.tasks} == {"a", "b", "c"}
    half = done(claimed(change.graph, "b", "u"), "b", "u").graph
    assert half.named("d").state is TaskState.WAITING
    both = done(claimed(half, "c", "v"), "c", "v").graph
    assert both.named("d").state is TaskState.READY
    assert both.named("d").ready_at == after(5)


def test_what_stands_behind_a_failure_is_skipped_and_the_job_says_why_it_failed() -> None:
    job = graph(*map(task, "abc"), routes=[("a", "b"), ("b", "c")])
    change = machine.settle_failed(
        claimed(job), number_of("a"), token(), failed(FailureClass.INPUT), 0, NOW
    )
    assert [each.state for each in change.graph.tasks] == [
        TaskState.FAILED,
        TaskState.SKIPPED,
        TaskState.SKIPPED,
    ]
    assert change.graph.job.state is JobState.FAILED
    reason = change.graph.job.reason
    assert reason
    assert (reason.code, reason.task, reason.failure) == ("broken", "a", FailureClass.INPUT)
    assert types(change) == [
        EventType.TASK_FAILED,
        EventType.TASK_SKIPPED,
        EventType.TASK_SKIPPED,
        EventType.JOB_FAILED,
    ]


def test_a_failure_that_was_allowed_leaves_a_warning_for_each_feature() -> None:
    job = graph(
        task("a", TaskState.READY, required=False, features=("X", "Y")),
        task("b", TaskState.READY, required=False),
        state=JobState.QUEUED,
    )
    job = machine.settle_failed(
        claimed(job), number_of("a"), token(), failed(FailureClass.INPUT), 0, NOW
    ).graph
    assert job.job.state is JobState.RUNNING
    own = ResultWarning("odd", "An odd file.")
    job = machine.settle_done(claimed(job, "b"), number_of("b"), token(), [own], None, NOW).graph
    assert job.job.state is JobState.COMPLETED
    assert {(w.code, w.feature, w.task) for w in job.job.warnings} == {
        ("broken", "X", "a"),
        ("broken", "Y", "a"),
        ("odd", None, None),
    }


def test_the_reason_names_the_failure_that_counted() -> None:
    job = graph(task("a", TaskState.READY, required=False), task("b"))
    job = machine.settle_failed(
        claimed(job), number_of("a"), token(), failed(FailureClass.INPUT), 0, NOW
    ).graph
    job = machine.settle_failed(
        claimed(job, "b"), number_of("b"), token(), failed(FailureClass.LIMIT), 0, NOW
    ).graph
    assert job.job.reason
    assert job.job.reason.task == "b"


def test_a_stale_token_changes_nothing() -> None:
    job = claimed(graph(task("a")))
    number, stale = number_of("a"), token("other")
    for attempt in (
        lambda: machine.engine_started(job, number, stale, NOW),
        lambda: machine.settle_done(job, number, stale, [], None, NOW),
        lambda: machine.settle_failed(job, number, stale, failed(), 0, NOW),
        lambda: machine.settle_cancelled(job, number, stale, NOW),
    ):
        with pytest.raises(StaleAttempt):
            attempt()


def test_a_settled_attempt_cannot_settle_again() -> None:
    job = done(claimed(graph(task("a")))).graph
    with pytest.raises(StaleAttempt):
        done(job)


def test_recovery_makes_a_held_task_ready_and_fences_its_attempt_off() -> None:
    job = claimed(graph(task("a")))
    change = machine.recover(job, number_of("a"), "it is gone", after(1))
    a = change.graph.tasks[0]
    assert (a.state, a.token, a.worker, a.failures) == (TaskState.READY, None, None, 0)
    assert types(change) == [EventType.TASK_RECOVERED]
    assert change.events[0].data == {"attempt": 1, "worker": WORKER, "reason": "it is gone"}
    with pytest.raises(StaleAttempt):
        done(change.graph)
    second = claimed(change.graph, with_token="u")
    assert second.tasks[0].attempt == 2


@pytest.mark.parametrize(("in_order", "at"), [(True, NOW), (False, after(9))])
def test_who_was_told_to_stop_gives_a_task_back_to_its_place(in_order: bool, at: datetime) -> None:
    job = claimed(graph(task("a", ready_at=NOW)))
    change = machine.recover(job, number_of("a"), "it left", after(9), in_order=in_order)
    assert change.graph.tasks[0].ready_at == at


@pytest.mark.parametrize("state", [TaskState.READY, TaskState.DONE, TaskState.WAITING])
def test_recovery_touches_only_what_a_worker_holds(state: TaskState) -> None:
    job = graph(task("a", state))
    change = machine.recover(job, number_of("a"), "gone", NOW)
    assert (change.graph, change.tasks, change.events) == (job, (), ())


def test_cancelling_ends_what_has_not_begun_and_waits_for_what_runs() -> None:
    job = graph(*map(task, "abc"), routes=[("a", "b")])
    change = machine.cancel(claimed(job), NOW)
    states = {each.name: each.state for each in change.graph.tasks}
    assert states == {
        "a": TaskState.STARTING,
        "b": TaskState.CANCELLED,
        "c": TaskState.CANCELLED,
    }
    assert change.graph.job.state is JobState.CANCELLING
    assert types(change)[-1] is EventType.JOB_CANCELLING
    ended = machine.settle_cancelled(change.graph, number_of("a"), token(), after(1))
    assert ended.graph.job.state is JobState.CANCELLED
    assert ended.graph.job.reason
    assert ended.graph.job.reason.code == "cancelled"
    assert types(ended) == [EventType.TASK_CANCELLED, EventType.JOB_CANCELLED]


def test_a_queued_job_is_cancelled_at_once() -> None:
    change = machine.cancel(graph(task("a")), NOW)
    assert change.graph.job.state is JobState.CANCELLED
    assert change.graph.job.ended_at == NOW


@pytest.mark.parametrize("end", ["recover", "failed"])
def test_a_cancelled_job_gets_no_further_attempt(end: str) -> None:
    job = machine.cancel(claimed(graph(task("a"))), NOW).graph
    if end == "recover":
        change = machine.recover(job, number_of("a"), "gone", NOW)
    else:
        dead = failed(died=True)
        change = machine.settle_failed(job, number_of("a"), token(), dead, 0, NOW)
    assert change.graph.job.state is JobState.CANCELLED


def test_a_success_that_came_before_the_stop_counts() -> None:
    job = machine.cancel(claimed(graph(task("a"))), NOW).graph
    assert done(job).graph.job.state is JobState.COMPLETED


def test_retry_keeps_what_is_done_and_runs_the_rest_under_a_new_generation() -> None:
    job = graph(*map(task, "abc"), routes=[("a", "b"), ("b", "c")])
    job = done(claimed(job)).graph
    job = machine.settle_failed(
        claimed(job, "b"), number_of("b"), token(), failed(FailureClass.INPUT), 0, NOW
    ).graph
    change = machine.retry(job, after(9))
    a, b, c = change.graph.tasks
    assert [each.state for each in (a, b, c)] == [
        TaskState.DONE,
        TaskState.READY,
        TaskState.WAITING,
    ]
    assert [each.generation for each in (a, b, c)] == [1, 2, 2]
    assert (b.attempt, b.failures, b.failure, b.ended_at) == (0, 0, None, None)
    assert change.graph.job.state is JobState.RUNNING
    assert change.graph.job.reason is None
    assert change.graph.job.ended_at is None
    assert types(change)[0] is EventType.JOB_RETRIED


def test_restart_runs_all_of_it() -> None:
    job = graph(*map(task, "ab"), routes=[("a", "b")])
    job = done(claimed(job)).graph
    job = done(claimed(job, "b"), "b").graph
    change = machine.restart(job, after(9))
    assert [each.state for each in change.graph.tasks] == [TaskState.READY, TaskState.WAITING]
    assert change.graph.job.state is JobState.QUEUED
    assert change.graph.job.generation == 2
    assert change.graph.job.started_at is None
    assert types(change) == [EventType.JOB_RESTARTED]


def test_a_cancelled_job_that_is_retried_is_no_more_to_be_stopped() -> None:
    job = machine.cancel(graph(task("a")), NOW).graph
    again = machine.retry(job, NOW).graph
    assert not again.job.cancel_requested
    assert again.job.state is JobState.QUEUED


def test_two_workers_cannot_hold_one_task() -> None:
    job = claimed(graph(task("a")))
    with pytest.raises(TransitionNotAllowed):
        machine.claim(job, number_of("a"), WorkerName("worker-2"), token("u"), NOW)
