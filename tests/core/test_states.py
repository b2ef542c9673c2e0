"""The tables of transitions are total, and a job's state is a function of its tasks'."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.jobs.states import (
    ACTIVE_TASKS,
    ENDED_JOBS,
    ENDED_TASKS,
    JOB_TRANSITIONS,
    TASK_TRANSITIONS,
    JobState,
    TaskState,
    TransitionNotAllowed,
    check_job,
    check_task,
    job_state,
)

TASKS = st.lists(st.tuples(st.sampled_from(TaskState), st.booleans()), min_size=1, max_size=6)


def test_every_state_has_its_row() -> None:
    assert set(TASK_TRANSITIONS) == set(TaskState)
    assert set(JOB_TRANSITIONS) == set(JobState)


@pytest.mark.parametrize(("old", "new"), list(product(TaskState, TaskState)))
def test_a_task_moves_only_as_the_table_says(old: TaskState, new: TaskState) -> None:
    if new in TASK_TRANSITIONS[old]:
        check_task(old, new)
    else:
        with pytest.raises(TransitionNotAllowed, match=f"{old} → {new}"):
            check_task(old, new)


@pytest.mark.parametrize(("old", "new"), list(product(JobState, JobState)))
def test_a_job_moves_only_as_the_table_says(old: JobState, new: JobState) -> None:
    if new == old or new in JOB_TRANSITIONS[old]:
        check_job(old, new)
    else:
        with pytest.raises(TransitionNotAllowed):
            check_job(old, new)


def test_an_ended_task_runs_again_only_from_the_start() -> None:
    for state in ENDED_TASKS:
        assert TASK_TRANSITIONS[state] == {TaskState.WAITING, TaskState.READY}


def test_only_a_ready_task_is_started() -> None:
    into = {old for old, news in TASK_TRANSITIONS.items() if TaskState.STARTING in news}
    assert into == {TaskState.READY}


def test_every_end_of_a_job_can_be_reached_from_every_open_state_but_parked() -> None:
    for state in set(JobState) - ENDED_JOBS - {JobState.PARKED}:
        assert JOB_TRANSITIONS[state] >= ENDED_JOBS


@given(TASKS, st.booleans())
def test_a_job_has_ended_exactly_when_all_its_tasks_have(
    tasks: list[tuple[TaskState, bool]], cancelled: bool
) -> None:
    state = job_state(tasks, cancel_requested=cancelled)
    assert (state in ENDED_JOBS) == all(each in ENDED_TASKS for each, _ in tasks)


@given(TASKS, st.booleans(), st.randoms())
def test_the_order_of_the_tasks_does_not_matter(
    tasks: list[tuple[TaskState, bool]], cancelled: bool, random: object
) -> None:
    mixed = sorted(tasks, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert job_state(tasks, cancel_requested=cancelled) == job_state(
        mixed, cancel_requested=cancelled
    )


@pytest.mark.parametrize(
    ("tasks", "cancelled", "expected"),
    [
        ("waiting ready", False, JobState.QUEUED),
        ("starting waiting", False, JobState.RUNNING),
        ("done ready", False, JobState.RUNNING),
        ("blocked waiting", False, JobState.BLOCKED),
        ("blocked running", False, JobState.RUNNING),
        ("running waiting", True, JobState.CANCELLING),
        ("done cancelled", True, JobState.CANCELLED),
        ("done done", True, JobState.COMPLETED),
        ("done failed", False, JobState.FAILED),
        ("done failed?", False, JobState.COMPLETED),
        ("failed? failed?", False, JobState.FAILED),
        ("failed? skipped", False, JobState.FAILED),
        ("done failed? skipped", False, JobState.FAILED),
        ("done failed? skipped?", False, JobState.COMPLETED),
        ("done done", False, JobState.COMPLETED),
    ],
)
def test_a_jobs_state_follows_from_its_tasks(
    tasks: str, cancelled: bool, expected: JobState
) -> None:
    states = [(TaskState(word.rstrip("?")), not word.endswith("?")) for word in tasks.split()]
    assert job_state(states, cancel_requested=cancelled) is expected
    assert not ACTIVE_TASKS & ENDED_TASKS
