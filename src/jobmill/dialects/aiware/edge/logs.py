"""What engines logged, as a ZIP: a text file for each attempt at a task."""

import io
import zipfile
from collections.abc import Collection, Iterator

from jobmill.core.accounts import Principal
from jobmill.core.jobs.model import Attempt, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_attempts
from jobmill.dialects.aiware.mapping.times import text_of

MOST_ATTEMPTS = 500
MOST_LINES = 20_000


def logs_of(work: UnitOfWork, who: Principal, graph: JobGraph, tasks: Collection[str]) -> bytes:
    """The logs of these tasks of a job, the newest attempts if there are very many."""
    attempts = [a for a in job_attempts(work, who, graph.job.number) if a.task in tasks]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for attempt in attempts[-MOST_ATTEMPTS:]:
            archive.writestr(_name(graph, attempt), "\n".join(_lines(work, attempt)) + "\n")
    return file.getvalue()


def _name(graph: JobGraph, attempt: Attempt) -> str:
    """A task is named as its folder; the name holds no separators, whoever chose it."""
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in attempt.task)
    number = graph.named(attempt.task).number if _has(graph, attempt.task) else 0
    return f"{number}-{safe}/attempt-{attempt.generation}-{attempt.attempt}-{attempt.number}.log"


def _has(graph: JobGraph, name: str) -> bool:
    return any(task.name == name for task in graph.tasks)


def _lines(work: UnitOfWork, attempt: Attempt) -> Iterator[str]:
    yield f"{text_of(attempt.claimed_at)} taken by {attempt.worker}"
    for _, line in work.attempts.log(attempt.number, 0, MOST_LINES):
        yield f"{text_of(line.at)} {line.level} {line.text}"
    if attempt.ended_at is not None:
        yield f"{text_of(attempt.ended_at)} {attempt.state}"
    if attempt.failure is not None:
        yield f"{attempt.failure.code}: {attempt.failure.message}"
