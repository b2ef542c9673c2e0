"""Write a change: rows, events and the hand-over to the queue, in the caller's transaction."""

from datetime import datetime

from jobmill.core.jobs.lanes import parts_came
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.marks import EMPTIED
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.asking import ask_people, asks_people
from jobmill.core.jobs.service.measuring import measure_end
from jobmill.core.jobs.states import TaskState


def apply_change(work: UnitOfWork, change: Change, now: datetime) -> JobGraph:
    """Save what a transition made, and end the attempts that it took from their workers.

    Returns the job behind it, with what followed for those who read what people need not look at.
    """
    if not change.tasks and not change.events:
        return change.graph
    for token in change.fenced:
        work.attempts.close(token, "stopped", None, None, now)
    for token in change.released:
        work.parts.release(token)
    work.jobs.save(change)
    announce(work, change.graph.job, change.events, now)
    job = change.graph.job
    if job.pipeline is not None and job.ended_at is not None:
        measure_end(work, change, now)
    if job.ended_at is not None and EMPTIED in job.extras:
        empty_job(work, job)
    if any(task.state is TaskState.READY for task in change.tasks):
        work.queue.hand_over(change.graph)
    if asks_people(change):
        arrivals = ask_people(work, change, now)
        if arrivals:
            return apply_change(work, parts_came(change.graph, arrivals, now), now)
    return change.graph


def empty_job(work: UnitOfWork, job: Job) -> None:
    """Remove all that a job found and wrote, and its words in the index."""
    for unused in work.jobs.empty(job.number, results=True, parts=True, words=True):
        work.drop_blob(job.organization, unused)
