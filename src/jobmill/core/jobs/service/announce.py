"""Write what happened to a job: for its timeline, and for whoever asked to be told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jobmill.core.events import NewEvent
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.webhooks.service import listeners_of, post_events


def announce(work: UnitOfWork, job: Job, events: Sequence[NewEvent], now: datetime) -> None:
    """Append events of a job, and queue them for its callback and the endpoints that want them."""
    if not events:
        return
    work.events.append(job.number, events, now)
    names = [event.type.value for event in events]
    listeners = listeners_of(work.webhooks, job.organization, job.callback, names, job.origin)
    if not listeners:
        return
    first = work.events.last_number() - len(events) + 1
    shown = _shown(job)

    def tell(i: int) -> Mapping[str, Any]:
        event = events[i]
        return {"event": first + i, "job": shown, "task": event.task, "details": dict(event.data)}

    tasks = [event.task for event in events]
    post_events(work.webhooks, job.organization, job.number, listeners, names, tell, now, tasks)


def _shown(job: Job) -> Mapping[str, Any]:
    """The job as it stood behind the change, in short; the rest is for asking."""
    reason = job.reason
    return {
        "id": job.id,
        "number": job.number,
        "type": job.type,
        "state": job.state.value,
        "pipeline": job.pipeline,
        "origin": job.origin,
        "generation": job.generation,
        "created_at": _rfc3339(job.created_at),
        "started_at": _rfc3339(job.started_at),
        "ended_at": _rfc3339(job.ended_at),
        "reason": reason and {"code": reason.code, "message": reason.message, "task": reason.task},
    }


def _rfc3339(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
