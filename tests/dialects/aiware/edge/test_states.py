"""The tables of states and failures are total and say nothing that Edge does not know."""

from pathlib import Path

import pytest

from jobmill.core.engines import FailureClass
from jobmill.core.jobs.model import Failure
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.dialects.aiware.edge import schema
from jobmill.dialects.aiware.edge.mapping.failures import CODES, REASONS, edge_reason_of
from jobmill.dialects.aiware.edge.mapping.states import (
    ATTEMPT_STATUS,
    JOB_STATUS,
    TASK_STATUS,
    job_states_of,
    task_states_of,
)


def test_every_state_has_a_word_of_edge() -> None:
    assert JOB_STATUS.keys() == set(JobState)
    assert TASK_STATUS.keys() == set(TaskState)
    words = {*JOB_STATUS.values(), *TASK_STATUS.values(), *ATTEMPT_STATUS.values()}
    assert words <= set(schema.STATUSES)


@pytest.mark.parametrize("status", schema.STATUSES)
def test_a_word_leads_back_to_its_states(status: str) -> None:
    assert all(JOB_STATUS[state] == status for state in job_states_of(status))
    assert all(TASK_STATUS[state] == status for state in task_states_of(status))


def test_every_state_is_found_by_its_word() -> None:
    assert {s for word in schema.STATUSES for s in job_states_of(word)} == set(JobState)
    assert {s for word in schema.STATUSES for s in task_states_of(word)} == set(TaskState)


def test_reasons_are_words_of_edge() -> None:
    assert {*REASONS.values(), *CODES.values()} <= set(schema.FAILURE_REASONS)
    for failure in FailureClass:
        for code in (
            "not_found",
            "fetch_failed",
            "memory_exceeded",
            "of_somebody",
            "invalid_media",
        ):
            reason = edge_reason_of(Failure(code, "it failed", failure=failure))
            assert reason in schema.FAILURE_REASONS
            assert reason != "none"
    assert edge_reason_of(None) == "none"
    assert edge_reason_of(Failure("fetch_failed", "gone")) == "connection"
    assert edge_reason_of(Failure("memory_exceeded", "much")) == "resources"


def test_reasons_are_of_codes_that_there_are() -> None:
    told = (Path(__file__).parents[4] / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in told] == []
