"""Say whether the output of a job is right."""

from dataclasses import replace
from datetime import datetime

from jobmill.core.accounts import Principal
from jobmill.core.errors import Conflict, JobNotEnded
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobRef
from jobmill.core.jobs.access import steered_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.states import ENDED_JOBS, JobState


def mark_job(
    work: UnitOfWork, who: Principal, job: JobRef, correct: bool | None, now: datetime
) -> JobGraph:
    """Mark a completed job's output as correct or not; None takes the mark away.

    Raises JobNotFound, NotAllowed, JobNotEnded, and Conflict for a job that ended otherwise.
    """
    graph = steered_job(work, who, job)
    state, mark = graph.job.state, work.marks.get(graph.job.number)
    if correct is not None and state is not JobState.COMPLETED:
        if state in ENDED_JOBS:
            raise Conflict(f"The job is {state.value}: it has no output to be marked.")
        raise JobNotEnded(f"The job is {state.value}; its output can be marked when it completed.")
    if mark.correct is not correct:
        work.marks.put(graph.job.number, replace(mark, correct=correct))
        said = {"correct": correct, "user": who.user_name}
        announce(work, graph.job, [NewEvent(EventType.JOB_MARKED, data=said)], now)
    return graph


def unmark_output(work: UnitOfWork, graph: JobGraph) -> None:
    """The job runs again: what was said of its output is not said of the next."""
    mark = work.marks.get(graph.job.number)
    if mark.correct is not None:
        work.marks.put(graph.job.number, replace(mark, correct=None))
