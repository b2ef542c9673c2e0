"""Write a change: rows, events and the hand-over to the queue, in the caller's transaction."""

from datetime import datetime

from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.states import TaskState


def apply_change(work: UnitOfWork, change: Change, now: datetime) -> None:
    """Save what a transition made, and end the attempts that it took from their workers."""
    if not change.tasks and not change.events:
        return
    for token in change.fenced:
        work.attempts.close(token, "stopped", None, None, now)
    for token in change.released:
        work.parts.release(token)
    work.jobs.save(change)
    announce(work, change.graph.job, change.events, now)
    if any(task.state is TaskState.READY for task in change.tasks):
        work.queue.hand_over(change.graph)
