"""Which failures get another try, when, and how many."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobmill.core.engines import Failed, FailureClass
from jobmill.core.jobs import machine
from jobmill.core.jobs.machine import MAX_DEATHS, RETRY_CAP_SECONDS
from jobmill.core.jobs.model import JobGraph, Task
from jobmill.core.jobs.states import TaskState
from tests.core.graphs import NOW, WORKER, failed, graph, number_of, task, token

ENGINE, INPUT = FailureClass.ENGINE, FailureClass.INPUT
PLATFORM, LIMIT = FailureClass.PLATFORM, FailureClass.LIMIT


def failing(job: JobGraph, how: Failed, jitter: float = 1.0) -> JobGraph:
    """The job after one more attempt that failed."""
    started = machine.claim(job, number_of("a"), WORKER, token(), NOW).graph
    return machine.settle_failed(started, number_of("a"), token(), how, jitter, NOW).graph


def tries(how: Failed, max_retries: int) -> int:
    """How many attempts a task gets that always fails so."""
    job, count = graph(task("a", max_retries=max_retries)), 0
    while job.tasks[0].state is not TaskState.FAILED:
        job, count = failing(job, how), count + 1
    return count


def test_a_model_that_is_not_installed_fails_at_once_and_says_so() -> None:
    assert tries(Failed(PLATFORM, "model_missing", "install it"), max_retries=10) == 1


@pytest.mark.parametrize(
    ("kind", "died", "max_retries", "expected"),
    [
        (ENGINE, False, 0, 1),
        (ENGINE, False, 4, 5),
        (INPUT, False, 4, 1),
        (LIMIT, False, 4, 1),
        (LIMIT, True, 4, 1),
        (PLATFORM, False, 0, 3),
        (PLATFORM, False, 1, 3),
        (PLATFORM, False, 5, 6),
        (ENGINE, True, 0, MAX_DEATHS),
        (ENGINE, True, 9, MAX_DEATHS),
        (PLATFORM, True, 0, MAX_DEATHS),
    ],
)
def test_a_failure_gets_as_many_tries_as_its_class_allows(
    kind: FailureClass, died: bool, max_retries: int, expected: int
) -> None:
    assert tries(failed(kind, died=died), max_retries) == expected


def test_attempts_lost_with_their_worker_take_no_try_away() -> None:
    job = graph(task("a", max_retries=1))
    for _ in range(5):
        job = machine.claim(job, number_of("a"), WORKER, token(), NOW).graph
        job = machine.recover(job, number_of("a"), "gone", NOW).graph
    job = failing(job, failed())
    assert job.tasks[0].state is TaskState.READY
    assert failing(job, failed()).tasks[0].state is TaskState.FAILED


def waits(how: Failed, jitter: float, failures: int) -> float:
    before = replace(task("a", max_retries=9999), failures=failures)
    after: Task = failing(graph(before), how, jitter).tasks[0]
    assert after.retry_at is not None
    return (after.retry_at - NOW) / timedelta(seconds=1)


def test_the_wait_grows_up_to_a_cap_and_is_spread_by_up_to_a_half() -> None:
    assert [waits(failed(), 1.0, n) for n in range(6)] == [1, 4, 16, 64, 256, 300]
    assert waits(failed(), 1.0, 5000) == RETRY_CAP_SECONDS
    assert waits(failed(), 0.0, 1) == 2
    assert waits(failed(), 0.5, 1) == 3


def test_the_third_death_is_a_quarantine_that_names_the_input() -> None:
    job = graph(task("a"))
    for _ in range(MAX_DEATHS - 1):
        job = failing(job, failed(died=True))
    job = failing(job, failed(died=True, input_sha256="cafe"))
    reason = job.job.reason
    assert reason
    assert reason.code == "quarantined"
    assert "died 3 times" in reason.message
    assert "cafe" in reason.message
    assert "It broke." in reason.message


def test_a_task_that_waits_for_its_next_try_keeps_the_failure() -> None:
    job = failing(graph(task("a", max_retries=1)), failed())
    assert job.tasks[0].failure
    assert job.tasks[0].failure.code == "broken"
    started = machine.claim(job, number_of("a"), WORKER, token("u"), NOW).graph
    assert started.tasks[0].failure is None
    assert started.tasks[0].retry_at is None
