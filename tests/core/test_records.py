"""Copies of records are what `dataclasses.replace` makes."""

from dataclasses import dataclass, replace

import pytest

from jobmill.core.jobs.records import altered
from jobmill.core.jobs.states import JobState, TaskState
from tests.core.graphs import graph, task


def test_a_copy_is_equal_to_what_replace_makes_and_leaves_the_first_alone() -> None:
    job = graph(task("a")).job
    copy = altered(job, state=JobState.FAILED, name="other")
    assert copy == replace(job, state=JobState.FAILED, name="other")
    assert (type(copy), hash(type(copy))) == (type(job), hash(type(job)))
    assert job.state is not JobState.FAILED
    first = task("a")
    assert altered(first) == first
    assert altered(first, state=TaskState.DONE).state is TaskState.DONE


def test_a_copy_is_as_frozen_as_the_first() -> None:
    copy = altered(task("a"), name="b")
    with pytest.raises(AttributeError):
        copy.name = "c"  # type: ignore[misc]


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="nope"):
        altered(task("a"), nope=1)


@dataclass(frozen=True, slots=True)
class _Positive:
    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError


def test_records_that_check_themselves_are_refused() -> None:
    with pytest.raises(TypeError, match="checks itself"):
        altered(_Positive(1), number=-1)
