"""From the core's jobs to the vendor's documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import User
from jobmill.core.jobs.model import Failure, Job, JobGraph
from jobmill.core.jobs.service import ShareView
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.mapping.accounts import user_document
from jobmill.dialects.innodata.mapping.contents import Content, content_document

STATUS: Mapping[JobState, str] = {
    JobState.PARKED: vendor.RUNNING,
    JobState.QUEUED: vendor.RUNNING,
    JobState.RUNNING: vendor.RUNNING,
    JobState.PAUSED: vendor.RUNNING,
    JobState.CANCELLING: vendor.RUNNING,
    JobState.BLOCKED: vendor.BLOCKED,
    JobState.COMPLETED: vendor.COMPLETED,
    JobState.CANCELLED: vendor.CANCELLED,
    JobState.FAILED: vendor.FAILED,
    JobState.EXPIRED: vendor.FAILED,
}
_OVER = frozenset({TaskState.DONE, TaskState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Blocking:
    """The review that a blocked job waits for, and who holds it."""

    step: str
    claimed_by: User | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenJob:
    """All that a job's document shows. Lists leave out `whole`: the other contents."""

    graph: JobGraph
    owner: User | None
    shares: Sequence[ShareView]
    contents: Sequence[Content]
    blocking: Blocking | None = None
    whole: bool = True


def job_document(base: str, seen: SeenJob) -> dict[str, Any]:
    """A job."""
    job = seen.graph.job
    shown = {content.role: content for content in reversed(seen.contents)}
    contents = {
        role: content_document(base, job.id, shown[role]) if role in shown else None
        for role in (vendor.INPUT, vendor.OUTPUT)
    }
    document: dict[str, Any] = {
        "id": job.id,
        "type": job.pipeline or job.type,
        "status": STATUS[job.state],
        "name": job.name,
        "owner": None if seen.owner is None else user_document(seen.owner),
        "input_content": contents[vendor.INPUT],
        "output_content": contents[vendor.OUTPUT],
        "collaboration": collaboration_document(seen.shares),
        "metadata": dict(job.metadata),
        "progress": progress_of(seen.graph),
        "created_at": moment_of(job.created_at),
        "updated_at": moment_of(job.updated_at),
        "test": bool(job.extras.get("innodata", {}).get("test")),
        **_blocking(job, seen.blocking),
    }
    if seen.whole:
        document["contents"] = [content_document(base, job.id, each) for each in seen.contents]
    if STATUS[job.state] == vendor.FAILED:
        document["error"] = error_of(job.state, job.reason)
    return document


def states_of(status: str) -> tuple[JobState, ...]:
    """The core's states that a vendor's status stands for; none for an unknown word."""
    return tuple(state for state, word in STATUS.items() if word == status)


def progress_of(graph: JobGraph) -> dict[str, int]:
    """Tasks that are over, and all of them; equal only when the job is completed."""
    total = len(graph.tasks)
    if graph.job.state is JobState.COMPLETED:
        return {"current": total, "total": total}
    over = sum(task.state in _OVER for task in graph.tasks)
    return {"current": min(over, max(0, total - 1)), "total": total}


def collaboration_document(shares: Sequence[ShareView]) -> dict[str, Any]:
    """Teams and users with the steps that are theirs; `*` stands for everybody."""
    teams, users = [], []
    for share in shares:
        steps = list(share.steps)
        if share.team is not None:
            teams.append({"id": share.team.id, "name": share.team.name, "steps": steps})
        elif share.user is not None:
            users.append({**user_document(share.user), "steps": steps})
        else:
            users.append({"id": vendor.EVERY_STEP, "email": None, "name": None, "steps": steps})
    return {"teams": teams, "users": users}


def error_of(state: JobState, reason: Failure | None) -> dict[str, Any]:
    """Why a job failed."""
    if reason is None:
        return {"code": state.value, "message": "The job did not succeed.", "step": None}
    return {"code": reason.code, "message": reason.message, "step": reason.task}


def moment_of(at: datetime) -> str:
    """A time as RFC 3339 in UTC, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _blocking(job: Job, blocking: Blocking | None) -> dict[str, Any]:
    if blocking is None or job.state is not JobState.BLOCKED:
        return {"blocking_step": None, "claimed_by": None}
    holder, until = blocking.claimed_by, blocking.claimed_until
    return {
        "blocking_step": blocking.step,
        "claimed_by": None if holder is None else user_document(holder),
        **({} if until is None else {"claimed_until": moment_of(until)}),
    }
