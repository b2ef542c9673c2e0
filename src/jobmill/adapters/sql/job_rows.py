"""Between the rows of jobs and tasks and the records of the core, both ways."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jobmill.adapters.sql.connection import Row, instant, micros, moment, to_json
from jobmill.core.engines import FailureClass
from jobmill.core.ids import (
    AssetNumber,
    BatchNumber,
    EndpointId,
    EndpointNumber,
    ItemNumber,
    JobId,
    JobNumber,
    OrganizationNumber,
    RunToken,
    TaskNumber,
    UserNumber,
    WorkerName,
)
from jobmill.core.jobs.flow import EMPTY, Flow, PortFlow
from jobmill.core.jobs.model import Failure, FeatureProgress, Job, Part, Route, Task
from jobmill.core.jobs.states import Hold, JobState, TaskState
from jobmill.core.pipelines import Mode
from jobmill.core.pipelines.review_spec import stored_spec
from jobmill.core.results import Alarm, ResultWarning, alarms_from
from jobmill.core.webhooks import Callback


def job_of(row: Mapping[str, Any]) -> Job:
    """A row of `job`, by its fields."""
    return Job(
        number=JobNumber(row["number"]),
        id=JobId(row["id"]),
        organization=OrganizationNumber(row["organization"]),
        owner=UserNumber(row["owner"]),
        type=row["type"],
        state=JobState(row["state"]),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        features=tuple(_loaded(row["features"])),
        params=_loaded(row["params"]),
        pipeline=row["pipeline"],
        input=json.loads(row["input"]),
        asset=row["asset"] and AssetNumber(row["asset"]),
        item=row["item"] and ItemNumber(row["item"]),
        origin=row["origin"],
        priority=row["priority"],
        name=row["name"],
        tags=tuple(_loaded(row["tags"])),
        metadata=_loaded(row["metadata"]),
        batch=row["batch"] and BatchNumber(row["batch"]),
        due=moment(row["due"]),
        expires_at=moment(row["expires_at"]),
        retain_until=moment(row["retain_until"]),
        hold=row["hold"] and Hold(row["hold"]),
        expired=bool(row["expired"]),
        alarms=alarms_from(_loaded(row["alarms"])),
        extras=_loaded(row["extras"]),
        callback=callback_of(row["callback"]),
        generation=row["generation"],
        cancel_requested=bool(row["cancel_requested"]),
        deleted=bool(row["deleted"]),
        reason=failure_of(row["reason"]),
        warnings=_warnings(row["warnings"]),
        started_at=moment(row["started_at"]),
        ended_at=moment(row["ended_at"]),
    )


def job_changes(job: Job) -> dict[str, Any]:
    """The columns of a job that transitions change."""
    return {
        "number": job.number,
        "state": job.state.value,
        "generation": job.generation,
        "cancel_requested": int(job.cancel_requested),
        "hold": job.hold and job.hold.value,
        "expired": int(job.expired),
        "expires_at": micros(job.expires_at),
        "reason": failure_text(job.reason),
        "warnings": _warnings_text(job.warnings),
        "updated_at": micros(job.updated_at),
        "started_at": micros(job.started_at),
        "ended_at": micros(job.ended_at),
    }


def task_of(row: Mapping[str, Any]) -> Task:
    """A row of `task`, by its fields."""
    return Task(
        number=TaskNumber(row["number"]),
        id=row["id"],
        job=JobNumber(row["job"]),
        name=row["name"],
        engine=row["engine"],
        pool=row["pool"],
        state=TaskState(row["state"]),
        features=tuple(_loaded(row["features"])),
        parameters=_loaded(row["parameters"]),
        required=bool(row["required"]),
        max_retries=row["max_retries"],
        priority=row["priority"],
        generation=row["generation"],
        attempt=row["attempt"],
        deaths=row["deaths"],
        failures=row["failures"],
        token=row["token"] and RunToken(row["token"]),
        worker=row["worker"] and WorkerName(row["worker"]),
        retry_at=moment(row["retry_at"]),
        ready_at=moment(row["ready_at"]),
        started_at=moment(row["started_at"]),
        ended_at=moment(row["ended_at"]),
        progress=_progress_of(row["progress"]),
        warnings=_warnings(row["warnings"]),
        failure=failure_of(row["failure"]),
        mode=Mode(row["mode"]),
        wait_for_parents=bool(row["wait_for_parents"]),
        input=row["input"] and json.loads(row["input"]),
        asset=row["asset"] and AssetNumber(row["asset"]),
        flow=flow_of(row["flow"]),
        lane=row["lane"],
        lane_of=row["lane_of"],
        review=row["review"] and stored_spec(json.loads(row["review"])),
    )


def task_changes(task: Task) -> dict[str, Any]:
    """The columns of a task that transitions change."""
    return {
        "number": task.number,
        "state": task.state.value,
        "generation": task.generation,
        "attempt": task.attempt,
        "deaths": task.deaths,
        "failures": task.failures,
        "token": task.token,
        "worker": task.worker,
        "progress": progress_text(task.progress),
        "warnings": _warnings_text(task.warnings),
        "failure": failure_text(task.failure),
        "retry_at": micros(task.retry_at),
        "ready_at": micros(task.ready_at),
        "started_at": micros(task.started_at),
        "ended_at": micros(task.ended_at),
        "flow": flow_text(task.flow),
    }


def flow_of(text: str) -> Flow:
    """Stored counts of parts and chunks."""
    if text == "{}":
        return EMPTY
    stored = json.loads(text)
    ports = {port: PortFlow(*counts) for port, counts in stored["ports"].items()}
    queued, taken, done, seconds = stored["chunks"]
    return Flow(ports, stored["read"], queued, taken, done, seconds, stored.get("awaits", {}))


def flow_text(flow: Flow) -> str:
    """Counts of parts and chunks as they are stored."""
    if flow is EMPTY or flow == EMPTY:
        return "{}"
    ports = {port: _counts(each) for port, each in flow.ports.items()}
    chunks = (flow.queued, flow.taken, flow.done, flow.seconds)
    told = {"ports": ports, "read": flow.read, "chunks": chunks}
    return to_json({**told, "awaits": flow.awaits} if flow.awaits else told)


def _counts(port: PortFlow) -> tuple[float | None, ...]:
    counts = (port.parts, port.size, port.rounds)
    return counts if port.confidence is None else (*counts, port.confidence)


def part_of(row: Row) -> Part:
    """A row of `part`. Without a hash it is a small document, or empty."""
    return Part(
        row["port"],
        row["number"],
        row["sha256"] or None,
        row["size"],
        row["media_type"],
        _loaded(row["meta"]),
        row["document"],
    )


def route_of(row: Row) -> Route:
    """A row of `route`."""
    return Route(
        row["source"], row["source_port"], row["target"], row["target_port"], Mode(row["mode"])
    )


def failure_of(text: str | None) -> Failure | None:
    """A stored failure."""
    if text is None:
        return None
    fields = json.loads(text)
    return Failure(
        fields["code"], fields["message"], fields["task"], FailureClass(fields["failure"])
    )


def failure_text(failure: Failure | None) -> str | None:
    """A failure as it is stored."""
    return None if failure is None else to_json(asdict(failure))


def alarms_text(alarms: tuple[Alarm, ...]) -> str:
    """Alarms as they are stored."""
    return to_json([asdict(each) for each in alarms]) if alarms else "[]"


def callback_text(callback: Callback | None) -> str | None:
    """A callback as it is stored."""
    return None if callback is None else to_json(asdict(callback))


def callback_of(text: str | None) -> Callback | None:
    if text is None:
        return None
    return _callback(json.loads(text))


def _callback(fields: Mapping[str, Any]) -> Callback:
    """Rows of the first release have neither a task nor more."""
    return Callback(
        EndpointNumber(fields["endpoint"]),
        EndpointId(fields["id"]),
        fields["url"],
        tuple(fields["events"]),
        fields.get("task"),
        tuple(_callback(each) for each in fields.get("more", ())),
    )


def progress_text(progress: Mapping[str, FeatureProgress]) -> str:
    """Progress as it is stored."""
    if not progress:
        return "{}"
    return to_json(
        {
            feature: [
                p.done,
                p.total,
                p.unit,
                micros(p.started_at),
                micros(p.updated_at),
                p.first_done,
            ]
            for feature, p in progress.items()
        }
    )


def _progress_of(text: str) -> dict[str, FeatureProgress]:
    if text == "{}":
        return {}
    return {
        feature: FeatureProgress(done, total, unit, instant(started), instant(updated), *first)
        for feature, (done, total, unit, started, updated, *first) in json.loads(text).items()
    }


def _warnings(text: str) -> tuple[ResultWarning, ...]:
    return () if text in ("{}", "[]") else tuple(ResultWarning(**each) for each in json.loads(text))


def _warnings_text(warnings: tuple[ResultWarning, ...]) -> str:
    return to_json([asdict(each) for each in warnings]) if warnings else "[]"


def _loaded(text: str) -> Any:
    """Stored JSON; most of it is empty."""
    return {} if text == "{}" else [] if text == "[]" else json.loads(text)
