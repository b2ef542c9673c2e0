"""End jobs whose time is over."""

from collections.abc import Sequence
from datetime import datetime

from jobmill.core.ids import JobNumber
from jobmill.core.jobs import machine
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change
from jobmill.core.jobs.states import ENDED_JOBS

BATCH = 50


def expire_jobs(work: UnitOfWork, now: datetime) -> int:
    """Expire up to a batch of jobs; how many were due. What runs is stopped by its worker."""
    due: Sequence[JobNumber] = work.jobs.due_to_expire(now, BATCH)
    for number in due:
        graph = work.jobs.lock(number)
        if graph is not None and graph.job.state not in ENDED_JOBS:
            apply_change(work, machine.expire(graph, now), now)
    return len(due)
