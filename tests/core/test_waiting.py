"""Whatever waits says why, and the most telling reason comes first."""

from datetime import timedelta

import pytest

from jobmill.core.ids import WorkerName
from jobmill.core.jobs.model import Worker
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.jobs.waiting import Floor, job_wait_reason, wait_reason
from jobmill.core.pipelines import Mode
from tests.core.graphs import NOW, ListedEngines, after, engine, graph, task

CATALOG = ListedEngines([engine("noop", concurrency=1), engine("free")])
ONE = Worker(WorkerName("w"), 1, "here", 2, NOW, NOW)


def floor(*workers: Worker, running: int = 0, ahead: int = 0) -> Floor:
    return Floor(workers, {"noop": running}, ahead)


@pytest.mark.parametrize(
    ("state", "fields", "around", "code"),
    [
        (TaskState.READY, {"retry_at": after(1)}, floor(ONE), "retry_at"),
        (TaskState.READY, {"engine": "gone"}, floor(ONE), "engine_missing"),
        (TaskState.READY, {}, floor(), "no_worker"),
        (TaskState.READY, {}, floor(ONE, running=1), "limit"),
        (TaskState.READY, {"engine": "free"}, floor(ONE, running=1), "capacity"),
        (TaskState.READY, {"retry_at": NOW}, floor(ONE), "capacity"),
        (TaskState.RUNNING, {}, floor(ONE), None),
        (TaskState.DONE, {}, floor(), None),
    ],
)
def test_a_task_says_why_it_does_not_run(
    state: TaskState, fields: dict[str, object], around: Floor, code: str | None
) -> None:
    job = graph(task("a", state, **fields))
    reason = wait_reason(job.tasks[0], job, around, CATALOG, NOW)
    assert (reason and reason.code) == code


def test_a_waiting_task_names_the_parents_that_are_not_done() -> None:
    job = graph(
        task("a", TaskState.DONE),
        task("b", TaskState.RUNNING),
        task("c"),
        routes=[("a", "c"), ("b", "c")],
    )
    reason = wait_reason(job.named("c"), job, floor(ONE), CATALOG, NOW)
    assert reason
    assert reason.as_json() == {"code": "parents", "message": "Waits for b."}


def test_the_sentences_carry_the_numbers() -> None:
    job = graph(task("a", engine="free"))
    reason = wait_reason(job.tasks[0], job, floor(ONE, ahead=7), CATALOG, NOW)
    assert reason
    assert "7" in reason.message
    assert "2" in reason.message
    many = Floor([ONE], {}, 1000, ahead_cap=1000)
    reason = wait_reason(job.tasks[0], job, many, CATALOG, NOW)
    assert reason
    assert "1000 or more" in reason.message


def test_two_workers_double_the_limit_of_an_engine() -> None:
    job = graph(task("a"))
    other = Worker(WorkerName("v"), 2, "here", 2, NOW, NOW)
    reason = wait_reason(job.tasks[0], job, floor(ONE, other, running=1), CATALOG, NOW)
    assert reason
    assert reason.code == "capacity"


def test_a_job_waits_only_while_none_of_its_tasks_is_at_work() -> None:
    late = task("b", retry_at=NOW + timedelta(seconds=5))
    waiting = graph(task("a", TaskState.DONE), late, state=JobState.RUNNING)
    reasons = {
        each.name: reason
        for each in waiting.tasks
        if (reason := wait_reason(each, waiting, floor(ONE), CATALOG, NOW))
    }
    found = job_wait_reason(waiting, reasons)
    assert found
    assert found.code == "retry_at"
    working = graph(task("a", TaskState.RUNNING), late, state=JobState.RUNNING)
    assert job_wait_reason(working, reasons) is None
    ended = graph(task("a", TaskState.FAILED), state=JobState.FAILED)
    assert job_wait_reason(ended, reasons) is None


def test_a_job_that_is_being_stopped_says_so() -> None:
    job = graph(task("a", TaskState.RUNNING), state=JobState.CANCELLING)
    found = job_wait_reason(job, {})
    assert found
    assert found.code == "cancelling"


def test_a_task_that_reads_on_waits_for_parts() -> None:
    job = graph(
        task("a", TaskState.RUNNING),
        task("b", mode=Mode.CHUNK),
        task("c", mode=Mode.CHUNK, wait_for_parents=True),
        routes=[("a", "b"), ("a", "c")],
    )
    reasons = [wait_reason(job.named(name), job, floor(ONE), CATALOG, NOW) for name in "bc"]
    assert [reason and reason.code for reason in reasons] == ["parts", "parents"]
