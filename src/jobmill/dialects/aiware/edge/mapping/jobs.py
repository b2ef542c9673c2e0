"""Jobs and tasks as Edge shows them: how they stand, and what was written beside the graph.

What nobody knows is left out; no key is ever null.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.jobs.model import Attempt, Job, JobGraph, Route, Task
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.pipelines import Mode
from jobmill.dialects.aiware.edge.mapping.create_job import EDGE
from jobmill.dialects.aiware.edge.mapping.endpoints import endpoints_of
from jobmill.dialects.aiware.edge.mapping.failures import NONE, edge_reason_of
from jobmill.dialects.aiware.edge.mapping.states import ATTEMPT_STATUS, JOB_STATUS, TASK_STATUS
from jobmill.dialects.aiware.edge.mapping.uuids import is_uuid
from jobmill.dialects.aiware.edge.schema import TASK_NUMBERS
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_id
from jobmill.dialects.aiware.mapping.ids import lasting_uuid
from jobmill.dialects.aiware.mapping.jobs import (
    SeenTask,
    folders_of,
    id_of,
    kept_of,
    kept_of_task,
    payload_of,
    preferences_of,
    shown_tasks,
)
from jobmill.dialects.aiware.mapping.priorities import priority_of
from jobmill.dialects.aiware.mapping.times import text_of
from jobmill_engine.manifest import Manifest

ABORTED_JOBS = {JobState.CANCELLED, JobState.EXPIRED}
ABORTED_TASKS = {TaskState.CANCELLED, TaskState.SKIPPED}


@dataclass(frozen=True, slots=True)
class Around:
    """What a job's detail needs beside the job."""

    installed: Mapping[str, Manifest]
    organization: str


def words_of(job: Job) -> Mapping[str, Any]:
    """What an Edge client wrote of the job; empty for jobs made elsewhere."""
    found: Mapping[str, Any] = kept_of(job).get(EDGE) or {}
    return found


def words_of_task(seen: SeenTask) -> Mapping[str, Any]:
    """The same of a task."""
    found: Mapping[str, Any] = kept_of_task(seen).get(EDGE) or {}
    return found


def job_status(graph: JobGraph) -> dict[str, str]:
    """How a job stands, in few words."""
    return {"internalJobID": graph.job.id, "jobStatus": JOB_STATUS[graph.job.state]}


def job_detail(graph: JobGraph, around: Around) -> dict[str, Any]:
    """All of a job, with its tasks and routes."""
    job, words = graph.job, words_of(graph.job)
    return _known(
        {
            "coreID": words.get("coreID"),
            "jobConfigJSON": words.get("jobConfigJSON"),
            **job_status(graph),
            # The OpenAPI file names one and requires the other.
            "internalOrganizationID": around.organization,
            "internalOrganizationId": around.organization,
            "coreJobID": words.get("coreJobID") or id_of(job),
            "coreRecordingId": words.get("coreRecordingID", job.item),
            "coreSourceId": words.get("coreSourceID"),
            "createdDateTime": _time(job.created_at),
            "modifiedDateTime": _time(job.updated_at),
            "startedDateTime": _time(job.started_at),
            "completedDateTime": _time(job.ended_at if job.state not in ABORTED_JOBS else None),
            "abortedDateTime": _time(job.ended_at if job.state in ABORTED_JOBS else None),
            "dueDateTime": words.get("dueDateTime") or _time(job.due),
            "priority": priority_of(job.priority),
            "currentRetries": job.generation - 1,
            "sendOutputToUris": words.get("sendOutputToUris"),
            "isTemplate": False,
            "tasks": [task_detail(SeenTask(graph, task), around) for task in shown_tasks(graph)],
            "taskRoutes": routes_of(graph),
        }
    )


def task_detail(seen: SeenTask, around: Around) -> dict[str, Any]:
    """All of a task."""
    task, job, words = seen.task, seen.graph.job, words_of_task(seen)
    aborted = task.state in ABORTED_TASKS
    return _known(
        {
            "internalTaskID": task.id,
            "internalJobID": job.id,
            "internalOrganizationID": around.organization,
            "correlationTaskId": words.get("correlationTaskId"),
            "coreTaskID": words.get("coreTaskId") or seen.id,
            "coreJobID": words_of(job).get("coreJobID") or id_of(job),
            "coreRecordingID": words_of(job).get("coreRecordingID", job.item),
            "taskStatus": TASK_STATUS[task.state],
            **_engine(seen, around),
            **_times(seen, aborted),
            **_running(seen),
            **{key: words.get(key) for key in TASK_NUMBERS},
            "parentTaskID": next(iter(_ids(seen, seen.graph.parents(task.name))), None),
            "childTaskIDs": _ids(seen, seen.graph.children(task.name)),
            "chunkCountInfo": _chunks(task),
            "ioFolders": _folders(seen),
            "payloadJSON": words.get("payloadJSON") or _json(payload_of(seen)),
            "taskPayloadJSON": words.get("taskPayloadJSON") or _json(payload_of(seen)),
            "sendOutputToUris": words.get("sendOutputToUris"),
            "isTemplate": False,
        }
    )


def task_error(seen: SeenTask, around: Around) -> dict[str, Any]:
    """Why a task failed, as the list of errors shows it."""
    engine = _engine(seen, around)
    return _known(
        {
            "taskID": seen.task.id,
            "internalJobID": seen.graph.job.id,
            "engineID": engine["engineID"],
            "engineName": engine["engineName"],
            "categoryID": engine["engineCategoryID"],
            "failureReason": edge_reason_of(seen.task.failure),
            "failureDetail": seen.task.failure.message if seen.task.failure else None,
            "createdDateTime": _time(seen.graph.job.created_at),
            "modifiedDateTime": _time(_changed(seen)),
        }
    )


def work_request(seen: SeenTask, attempt: Attempt) -> dict[str, Any]:
    """A try at a task: what the vendor calls a work request."""
    found = {
        "workRequestID": attempt.id,
        "internalJobID": seen.graph.job.id,
        "internalTaskID": seen.task.id,
        "engineID": engine_id(seen.task.engine),
        "engineName": seen.task.engine,
        "engineInstanceID": lasting_uuid("worker", attempt.worker),
        "engineType": seen.task.mode.value.replace("whole", "batch"),
        "status": ATTEMPT_STATUS[attempt.state],
        "errorCount": 1 if attempt.failure is not None else 0,
        "createdDateTime": _time(attempt.claimed_at),
        "modifiedDateTime": _time(attempt.ended_at or attempt.started_at or attempt.claimed_at),
    }
    return _known(found)


def _engine(seen: SeenTask, around: Around) -> dict[str, Any]:
    task, manifest = seen.task, around.installed.get(seen.task.engine)
    category = None if manifest is None else category_of(manifest)
    written = str(kept_of_task(seen).get("engineId") or "")
    ident = written if is_uuid(written) else engine_id(task.engine)
    return {
        # The OpenAPI file names one and requires the other.
        "engineID": ident,
        "engineId": ident,
        "engineName": task.engine if manifest is None else manifest.name,
        "engineCategoryID": None if category is None else category.id,
        "engineCategoryName": None if category is None else category.name,
    }


def _times(seen: SeenTask, aborted: bool) -> dict[str, str | None]:
    task = seen.task
    return {
        "createdDateTime": _time(seen.graph.job.created_at),
        "modifiedDateTime": _time(_changed(seen)),
        "startedDateTime": _time(task.started_at),
        "completedDateTime": None if aborted else _time(task.ended_at),
        "abortedDateTime": _time(task.ended_at) if aborted else None,
        "dueDateTime": words_of_task(seen).get("dueDateTime"),
    }


def _changed(seen: SeenTask) -> datetime:
    task = seen.task
    return task.ended_at or task.started_at or task.ready_at or seen.graph.job.created_at


def _running(seen: SeenTask) -> dict[str, Any]:
    """How it is to be run, and what went wrong with it so far."""
    task, preferences = seen.task, preferences_of(seen)
    return {
        "maxRetries": task.max_retries,
        "maxEngines": preferences["maxEngines"],
        "parallelProcessing": preferences["parallelProcessing"],
        "parentMustBeCompleteBeforeStarting": task.wait_for_parents,
        "priority": preferences["priority"],
        "currentRetries": task.failures if task.failure is None else max(0, task.failures - 1),
        "errorCount": task.failures,
        "failureReason": edge_reason_of(task.failure) if task.failure else NONE,
        "failureDetail": task.failure.message if task.failure else None,
    }


def _ids(seen: SeenTask, names: set[str]) -> list[str]:
    return [task.id for task in seen.graph.tasks if task.name in names]


def _chunks(task: Task) -> dict[str, int]:
    """How many parts a task wrote, and of one that works chunk by chunk how far it is."""
    flow = task.flow
    left = flow.queued + flow.taken if task.mode is Mode.CHUNK else 0
    return {
        "chunkProducedCount": sum(port.parts for port in flow.ports.values()),
        "chunkCompletedCount": flow.done,
        "chunkRemainingCount": left,
        "chunkToProcessCount": flow.done + left,
        "errorCount": 1 if task.state is TaskState.FAILED else 0,
        "retryCount": task.failures,
    }


def _folders(seen: SeenTask) -> list[dict[str, Any]]:
    """The task's folders; each has a UUID of its own beside the correlation id that was written."""
    written = words_of_task(seen).get("ioFolders") or []
    found = []
    for i, folder in enumerate(folders_of(seen)):
        own = written[i] if i < len(written) else {}
        found.append(
            _known(
                {
                    "id": lasting_uuid("folder", f"{seen.task.id}:{i}"),
                    "correlationId": folder["referenceId"],
                    "mode": folder.get("mode"),
                    "type": folder["type"],
                    "optionsJSON": own.get("optionsJSON") or "{}",
                }
            )
        )
    return found


def routes_of(graph: JobGraph) -> list[dict[str, Any]]:
    """A job's routes by the ids of tasks and folders, roots first."""
    fed = {route.target for route in graph.routes}
    endpoints = endpoints_of(graph.job)
    roots: list[dict[str, Any]] = [
        _known({"taskChildId": task.id, "endpoint": endpoints.get(task.name)})
        for task in shown_tasks(graph)
        if task.name not in fed
    ]
    return [*roots, *(route_detail(graph, route) for route in graph.routes)]


def route_detail(graph: JobGraph, route: Route) -> dict[str, Any]:
    """A route that joins two tasks."""
    source, target = graph.named(route.source), graph.named(route.target)
    written = source.flow.held(route.source_port)
    read = (
        target.flow.done if target.mode is Mode.CHUNK else target.flow.read.get(route.target_port)
    )
    if target.state is TaskState.DONE:
        read = written
    return {
        "taskParentId": source.id,
        "taskParentOutputId": _folder_id(graph, source, "output", route),
        "taskChildId": target.id,
        "taskChildInputId": _folder_id(graph, target, "input", route),
        "taskParentOutputCount": written,
        "taskChildInputCount": read or 0,
        "taskChildInputRemainingCount": max(0, written - (read or 0)),
    }


def _folder_id(graph: JobGraph, task: Task, kind: str, route: Route) -> str:
    """The UUID of the folder at one end of a route: the one of its port, by the order of ports."""
    port = route.source_port if kind == "output" else route.target_port
    place = 0 if port in ("in", "out") else int(port[2:] or 1) - 1 if port[2:].isdecimal() else 0
    folders = folders_of(SeenTask(graph, task))
    places = [i for i, folder in enumerate(folders) if folder["type"] == kind]
    at = places[min(place, len(places) - 1)] if places else 0
    return lasting_uuid("folder", f"{task.id}:{at}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _time(at: datetime | None) -> str | None:
    return None if at is None else text_of(at)


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
