"""Tasks: how they stand, what they were given, what they said."""

import json
from typing import Any

from jobmill.core.jobs.model import Attempt, Task
from jobmill.core.jobs.service import job_attempts
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import task_named
from jobmill.dialects.aiware.graphql.resolvers.accounts import user_id_of
from jobmill.dialects.aiware.graphql.resolvers.engines import manifest_of
from jobmill.dialects.aiware.graphql.task_logs import PATH, log_lines
from jobmill.dialects.aiware.mapping.catalogue import engine_id
from jobmill.dialects.aiware.mapping.jobs import (
    SeenTask,
    folders_of,
    id_of,
    kept_of_task,
    payload_of,
    preferences_of,
    reason_of,
)
from jobmill.dialects.aiware.mapping.states import TASK_STATUS

LOG_LINES = 2000


def task(source: Any, call: Call, id: str) -> SeenTask:  # noqa: A002
    """The task of an id."""
    call.spend(1)
    return task_named(call.work, call.who, id)


def log_of(seen: SeenTask, call: Call) -> dict[str, Any]:
    """What the task's attempts logged, the latest last, and where to read it in whole."""
    attempts = _attempts(seen, call)
    call.spend(len(attempts))
    text = "\n".join(log_lines(call.work, attempts, LOG_LINES, call.now))
    uri = f"{call.base}{PATH.format(task=seen.id)}" if attempts else None
    return {"uri": uri, "text": text, "jsondata": None}


def _attempts(seen: SeenTask, call: Call) -> list[Attempt]:
    number = seen.graph.job.number
    if ("attempts", number) not in call.kept:
        call.kept["attempts", number] = job_attempts(call.work, call.who, number)
    return [each for each in call.kept["attempts", number] if each.task == seen.task.name]


def output_of(seen: SeenTask, call: Call) -> Any:
    """The document that the task gave, with its failure when it failed."""
    found: dict[str, Any] = {}
    documents = [each for each in _results(seen, call) if each.task == seen.task.name]
    if len(documents) == 1 and documents[0].feature is None:
        found.update(documents[0].document)
    elif documents:
        found["features"] = {each.feature: each.document for each in documents}
    if seen.task.failure is not None:
        found["error"] = seen.task.failure.message
        found["failureReason"] = reason_of(seen.task.failure)
    return found or None


def _results(seen: SeenTask, call: Call) -> Any:
    number = seen.graph.job.number
    if ("results", number) not in call.kept:
        call.kept["results", number] = call.work.results.of_job(number)
    return call.kept["results", number]


def _order(seen: SeenTask) -> int:
    return [each.number for each in seen.graph.tasks].index(seen.task.number)


def _parents(seen: SeenTask) -> list[Task]:
    return [seen.graph.named(name) for name in sorted(seen.graph.parents(seen.task.name))]


def _children(seen: SeenTask) -> list[SeenTask]:
    names = sorted(seen.graph.children(seen.task.name))
    return [SeenTask(seen.graph, seen.graph.named(name)) for name in names]


def _parent(seen: SeenTask) -> SeenTask | None:
    parents = _parents(seen)
    return SeenTask(seen.graph, parents[0]) if parents else None


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


TASK: dict[str, Any] = {
    "id": lambda seen, call: seen.id,
    "name": lambda seen, call: seen.task.name,
    "createdDateTime": lambda seen, call: seen.graph.job.created_at,
    "modifiedDateTime": lambda seen, call: (
        seen.task.ended_at
        or seen.task.started_at
        or seen.task.ready_at
        or seen.graph.job.created_at
    ),
    "createdBy": lambda seen, call: user_id_of(call, seen.graph.job.owner),
    "modifiedBy": lambda seen, call: user_id_of(call, seen.graph.job.owner),
    "queuedDateTime": lambda seen, call: seen.task.ready_at,
    "startedDateTime": lambda seen, call: seen.task.started_at,
    "completedDateTime": lambda seen, call: seen.task.ended_at,
    "status": lambda seen, call: TASK_STATUS[seen.task.state],
    "order": lambda seen, call: _order(seen),
    "isClone": lambda seen, call: kept_of_task(seen).get("isClone", False),
    "targetId": lambda seen, call: seen.graph.job.item and str(seen.graph.job.item),
    "engineId": lambda seen, call: (
        kept_of_task(seen).get("engineId") or engine_id(seen.task.engine)
    ),
    "engine": lambda seen, call: manifest_of(call, seen.task.engine),
    "jobId": lambda seen, call: id_of(seen.graph.job),
    "job": lambda seen, call: seen.graph,
    "buildId": lambda seen, call: kept_of_task(seen).get("buildId"),
    "testTask": lambda seen, call: kept_of_task(seen).get("testTask", False),
    "payload": lambda seen, call: payload_of(seen),
    "payloadString": lambda seen, call: _text(payload_of(seen)),
    "taskPayload": lambda seen, call: payload_of(seen),
    "runtimePayload": lambda seen, call: dict(seen.task.parameters),
    "output": output_of,
    "outputString": lambda seen, call: _text(output_of(seen, call)),
    "taskOutput": output_of,
    "log": log_of,
    "parentTaskId": lambda seen, call: (parent := _parent(seen)) and parent.id,
    "parentTask": lambda seen, call: _parent(seen),
    "childTaskIds": lambda seen, call: [each.id for each in _children(seen)],
    "childTasks": lambda seen, call: _children(seen),
    "executionPreferences": lambda seen, call: preferences_of(seen),
    "ioFolders": lambda seen, call: folders_of(seen),
    "notificationUris": lambda seen, call: kept_of_task(seen).get("notificationUris"),
    "failureReason": lambda seen, call: seen.task.failure and reason_of(seen.task.failure),
    "failureMessage": lambda seen, call: seen.task.failure and seen.task.failure.message,
}
RESOLVERS = {"Query": {"task": task}, "Task": TASK}
