"""From the core's jobs to the vendor's documents: one job in each of its states, and list items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobmill.core.engines import FailureClass
from jobmill.core.items import Item
from jobmill.core.jobs.model import Failure, Job, JobGraph, Task
from jobmill.core.jobs.ports import JobSummary
from jobmill.core.jobs.progress import WHOLE_TASK, feature_percent
from jobmill.core.jobs.states import ENDED_JOBS, ENDED_TASKS, JobState
from jobmill.core.results import Result
from jobmill.dialects.gentoo import schema as vendor
from jobmill.dialects.gentoo.mapping.annotations import annotations_from, segment_of
from jobmill.dialects.gentoo.mapping.create_job import EXTRAS, input_uri_of
from jobmill.dialects.gentoo.mapping.names import name_of
from jobmill.dialects.gentoo.mapping.times import moment_of

STATUS: Mapping[JobState, str] = {
    JobState.PARKED: vendor.QUEUED,
    JobState.QUEUED: vendor.QUEUED,
    JobState.PAUSED: vendor.QUEUED,
    JobState.RUNNING: vendor.RUNNING,
    JobState.BLOCKED: vendor.RUNNING,
    JobState.CANCELLING: vendor.RUNNING,
    JobState.COMPLETED: vendor.DONE,
    JobState.FAILED: vendor.FAILED,
    JobState.EXPIRED: vendor.FAILED,
    JobState.CANCELLED: vendor.CANCELLED,
}
FAILURE_CODES: Mapping[FailureClass, int] = {
    FailureClass.INPUT: vendor.CODE_INVALID_ARGUMENT,
    FailureClass.ENGINE: vendor.CODE_INTERNAL,
    FailureClass.PLATFORM: vendor.CODE_UNAVAILABLE,
    FailureClass.LIMIT: vendor.CODE_RESOURCE_EXHAUSTED,
}
_CODES_BY_REASON = {
    "input_missing": vendor.CODE_NOT_FOUND,
    "asset_not_found": vendor.CODE_NOT_FOUND,
    "asset_purged": vendor.CODE_NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class SeenJob:
    """All that a job's document shows. `notes`: in the form of the vendor's developer notes."""

    graph: JobGraph
    results: Sequence[Result] = ()
    recording: Item | None = None
    cuts: Sequence[Item] = ()
    notes: bool = False


def job_document(seen: SeenJob) -> dict[str, Any]:
    """The answer of `GET jobs/{name}`."""
    job = seen.graph.job
    name = name_of(job.id, job.number)
    if job.state not in ENDED_JOBS:
        return {"name": name, "status": STATUS[job.state], "metadata": _metadata(seen.graph)}
    document = {
        "name": name,
        "origin": job.origin,
        "status": STATUS[job.state],
        **_furniture(job),
        "metadata": _metadata(seen.graph),
        "done": True,
    }
    if job.state is not JobState.COMPLETED:
        return {**document, "error": error_of(job.state, job.reason)}
    if job.warnings:
        document["warnings"] = [
            {"feature": each.feature or each.task, "code": each.code, "message": each.message}
            for each in job.warnings
        ]
    return {**document, "response": _notes_form(seen) if seen.notes else _response(seen)}


def job_summary(job: JobSummary) -> dict[str, Any]:
    """An item of `GET jobs`."""
    name = name_of(job.id, job.number)
    return {
        "origin": job.origin,
        "status": STATUS[job.state],
        "_id": name,
        "name": name,
        "inputUri": input_uri_of(job.input),
        **({"workflow": job.pipeline} if job.pipeline else {}),
        "insertTime": moment_of(job.created_at),
    }


def states_of(status: str) -> tuple[JobState, ...]:
    """The core's states that a vendor's status stands for; none for an unknown word."""
    word = vendor.STATUS_ALIASES.get(status, status)
    return tuple(state for state, vendors in STATUS.items() if vendors == word)


def error_of(state: JobState, reason: Failure | None) -> dict[str, Any]:
    """The google.rpc.Status of a job that ended badly."""
    if state is JobState.CANCELLED:
        return {"code": vendor.CODE_CANCELLED, "message": "The job was cancelled."}
    if state is JobState.EXPIRED:
        code = vendor.CODE_DEADLINE_EXCEEDED
    elif reason is None:
        code = vendor.CODE_UNKNOWN
    else:
        code = _CODES_BY_REASON.get(reason.code, FAILURE_CODES[reason.failure])
    return {"code": code, "message": reason.message if reason else "The job did not succeed."}


def _furniture(job: Job) -> dict[str, Any]:
    """Fields that are there only when they were asked for."""
    found: dict[str, Any] = {}
    if job.retain_until is not None:
        found["TTL"] = round((job.retain_until - job.created_at) / timedelta(days=1))
    if job.pipeline is not None:
        found["workflow"] = job.pipeline
    target = job.extras.get(EXTRAS, {}).get("target")
    if target is not None:
        found["target"] = target
    return found


def _metadata(graph: JobGraph) -> dict[str, Any]:
    entries = [_progress(graph.job, task, feature) for feature, task in _in_asked_order(graph)]
    return {"@type": vendor.PROGRESS_TYPE, vendor.PROGRESS_TYPE: entries}


def _in_asked_order(graph: JobGraph) -> list[tuple[str, Task]]:
    """Each feature with its task as the job asked for them; a task without features by name."""
    order = {feature: place for place, feature in enumerate(graph.job.features)}
    pairs = [(word, task) for task in graph.tasks for word in task.features or (task.name,)]
    return sorted(pairs, key=lambda pair: order.get(pair[0], len(order)))


def _progress(job: Job, task: Task, feature: str) -> dict[str, Any]:
    seen = task.progress.get(feature) or task.progress.get(WHOLE_TASK)
    start = task.started_at or job.created_at
    update = (seen and seen.updated_at) or start
    if task.state in ENDED_TASKS and task.ended_at is not None:
        update = task.ended_at
    micros = job.state not in ENDED_JOBS
    return {
        "inputUri": input_uri_of(job.input),
        "startTime": moment_of(min(start, update), micros=micros),
        "updateTime": moment_of(update, micros=micros),
        "feature": feature,
        "progressPercent": feature_percent(task, feature),
    }


def _response(seen: SeenJob) -> dict[str, Any]:
    response: dict[str, Any] = {"inputUri": input_uri_of(seen.graph.job.input)}
    if seen.recording is not None:
        response["recording"] = name_of(seen.recording.id, seen.recording.number)
    if seen.notes or any("segments" in task.parameters for task in seen.graph.tasks):
        response |= _segment(seen)
    order = {feature: place for place, feature in enumerate(seen.graph.job.features)}
    found = sorted(seen.results, key=lambda result: order.get(result.feature or "", len(order)))
    response |= annotations_from(found)
    if seen.cuts:
        response["alarmRecordings"] = [alarm_of(cut) for cut in seen.cuts]
    return response


def _notes_form(seen: SeenJob) -> dict[str, Any]:
    return {"@type": vendor.NOTES_RESPONSE_TYPE, "annotationResults": _response(seen)}


def _segment(seen: SeenJob) -> dict[str, Any]:
    """From the first to the last moment of the file that was asked about."""
    asked = [s for task in seen.graph.tasks for s in task.parameters.get("segments", ())]
    duration = next(
        (r.media["duration_ms"] for r in seen.results if r.media.get("duration_ms")), None
    )
    start = min((each.get("start_ms", 0) for each in asked), default=0)
    end = max((each.get("end_ms", duration or 0) for each in asked), default=duration or 0)
    if duration is not None:
        start, end = min(start, duration), min(end, duration)
    return {"segment": segment_of(start, end)} if end > start else {}


def alarm_of(cut: Item) -> dict[str, Any]:
    """A recording that an alarm made, as a job's response names it."""
    alarm = cut.extras["alarm"]
    return {
        "recording": name_of(cut.id, cut.number),
        "feature": alarm["feature"],
        "segment": segment_of(alarm["start_ms"], alarm["end_ms"]),
    }
