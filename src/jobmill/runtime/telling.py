"""What the log says of an attempt: every line of it names job, task, attempt and worker."""

import structlog

from jobmill.core.engines import Failed
from jobmill.core.ids import WorkerName
from jobmill.core.jobs.service.attempts import Claimed
from jobmill.runtime.attempt import Finished

LOG = structlog.get_logger("jobmill.worker")


def speak_of(claimed: Claimed, worker: WorkerName) -> None:
    """What this asyncio task logs from here on is about this attempt."""
    task = claimed.task
    structlog.contextvars.bind_contextvars(
        job=claimed.graph.job.id, task=task.name, attempt=task.attempt, worker=worker
    )
    LOG.debug("attempt.began", engine=task.engine)


def tell_end(claimed: Claimed, end: Finished | Failed | None, seconds: float) -> None:
    """One line when it is settled; None: it was stopped."""
    facts = {"engine": claimed.task.engine, "seconds": round(seconds, 3)}
    if isinstance(end, Failed):
        LOG.warning("attempt.failed", code=end.code, message=end.message, **facts)
    else:
        LOG.info("attempt.stopped" if end is None else "attempt.done", **facts)
