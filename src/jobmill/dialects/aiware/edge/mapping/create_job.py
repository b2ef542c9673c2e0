"""From one of `jobs` to the dialect's form of a job, which both of its faces submit.

Edge's own words (correlation ids, payloads as texts, folders, routes) are kept in
`extras["aiware"]` and shown again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.dialects.aiware.edge.mapping.reading import (
    flag,
    json_object,
    listed,
    mapping,
    moment,
    number,
    refused,
    text,
    texts,
    word,
)
from jobmill.dialects.aiware.edge.mapping.routes import Folders, read_folders, read_routes
from jobmill.dialects.aiware.edge.schema import (
    JOB_NUMBERS,
    JOB_TEXTS,
    STATUSES,
    TASK_NUMBERS,
    TASK_TEXTS,
)
from jobmill.dialects.aiware.mapping.create_job import AskedJob, Installed, read_job
from jobmill.dialects.aiware.mapping.times import text_of

EDGE = "edge"
MOST_JOBS = 100
# What the dialect's shared reading calls things, in Edge's words.
WORDS = (
    ("input.url", "payloadJSON.url"),
    ("input.asset", "payloadJSON.assetId"),
    ("input.", ""),
    ("executionPreferences.", ""),
    ("notificationUris", "sendOutputToUris"),
    ("max_engines", "maxEngines"),
    ("max_retries", "maxRetries"),
    (".params", ".payloadJSON"),
    ("payload.url", "payloadJSON.url"),
    ("payload.assetId", "payloadJSON.assetId"),
    ("the query engines lists", "GET /admin/engines lists"),
)


_NUMBERED = re.compile(r"\btasks\.(\d+)")
_ROUTES = re.compile(r"\broutes(?=[:.\[]|$)")


@dataclass(frozen=True, slots=True)
class EdgeJob:
    """A job that was read: the dialect's form, and the input that it was made of; `endpoints` are
    where the bytes of tasks will be pushed to, by the tasks' names."""

    asked: AskedJob
    given: Mapping[str, Any]
    endpoints: Mapping[str, str] = field(default_factory=dict)


def read_jobs(body: Any, installed: Installed, now: datetime) -> list[EdgeJob]:
    """All jobs of a body. Raises InvalidInput and its kin, naming the field as Edge does."""
    jobs = listed(mapping(body, "body"), "jobs", "")
    if not 0 < len(jobs) <= MOST_JOBS:
        raise InvalidInput(f"jobs: give 1 to {MOST_JOBS} jobs.", field="jobs")
    return [read_edge_job(each, f"jobs[{i}].", installed, now) for i, each in enumerate(jobs)]


def read_edge_job(given: Any, where: str, installed: Installed, now: datetime) -> EdgeJob:
    """One job; `where` is written before the names of its fields."""
    job = mapping(given, where.rstrip("."))
    tasks = [
        mapping(each, f"{where}tasks[{i}]") for i, each in enumerate(listed(job, "tasks", where))
    ]
    if not tasks:
        raise InvalidInput(f"{where}tasks: give at least one task.", field=f"{where}tasks")
    folders = read_folders(tasks, where)
    routes = read_routes(listed(job, "taskRoutes", where), folders, where)
    word(job, "jobStatus", where, STATUSES)
    shared: dict[str, Any] = {
        "dueDateTime": moment(job, "dueDateTime", where),
        "notificationUris": texts(job, "sendOutputToUris", where) or None,
        "tasks": [
            _task(each, f"{where}tasks[{i}].", folders.of(i)) for i, each in enumerate(tasks)
        ],
        "routes": routes.joined,
    }
    try:
        asked = read_job(shared, installed, now)
    except JobmillError as refusal:
        raise in_edge_words(refusal, where) from None
    endpoints = {asked.tasks[i].name: endpoint for i, endpoint in routes.endpoints.items()}
    for i in routes.endpoints:
        _check_unfed(asked.tasks[i].payload, f"{where}tasks[{i}].payloadJSON.")
    roots = tuple(task for task in asked.roots if task.name not in endpoints)
    asked = _with_words(replace(asked, roots=roots), job, tasks, folders, where)
    return EdgeJob(asked, shared, endpoints)


def _check_unfed(payload: Mapping[str, Any], where: str) -> None:
    for key in ("url", "assetId"):
        if payload.get(key):
            raise refused(f"{where}{key}", "a route has an endpoint for the task; give one of them")


def _task(given: Mapping[str, Any], where: str, folders: list[dict[str, Any]]) -> dict[str, Any]:
    """One task in the dialect's form."""
    word(given, "taskStatus", where, STATUSES)
    engines, preferences = number(given, "maxEngines", where), dict[str, Any]()
    for theirs, value in (
        ("maxEngines", engines or None),
        ("maxRetries", number(given, "maxRetries", where)),
        ("priority", number(given, "priority", where)),
        ("dueDateTime", moment(given, "dueDateTime", where)),
        ("parallelProcessing", flag(given, "parallelProcessing", where)),
        ("parentCompleteBeforeStarting", flag(given, "parentMustBeCompleteBeforeStarting", where)),
    ):
        if value is not None:
            preferences[theirs] = value
    return {
        "engineId": text(given, "engineId", where),
        "payload": {
            **json_object(given, "taskPayloadJSON", where),
            **json_object(given, "payloadJSON", where),
        },
        "executionPreferences": preferences,
        "notificationUris": texts(given, "sendOutputToUris", where) or None,
        "ioFolders": folders,
    }


def _with_words(
    asked: AskedJob,
    job: Mapping[str, Any],
    tasks: list[Mapping[str, Any]],
    folders: Folders,
    where: str,
) -> AskedJob:
    """The job with what was written kept beside the graph, as either face shows it again."""
    kept = dict(asked.kept)
    kept_tasks = dict(kept["tasks"])
    for i, (task, given) in enumerate(zip(asked.tasks, tasks, strict=True)):
        own = {**kept_tasks[task.name], EDGE: _words_of_task(given, f"{where}tasks[{i}].")}
        own["ioFolders"] = [
            {**each, "referenceId": folder.written or folder.id}
            for each, folder in zip(folders.of(i), _of(folders, i), strict=True)
        ]
        kept_tasks[task.name] = own
    written = {folder.id: folder.written or folder.id for folder in folders.every}
    kept["tasks"] = kept_tasks
    kept["routes"] = [
        {key: written.get(value, value) for key, value in route.items()}
        for route in kept.get("routes", ())
    ]
    kept[EDGE] = _words_of_job(job, where)
    return replace(asked, kept=kept)


def _of(folders: Folders, task: int) -> list[Any]:
    return [each for each in folders.every if each.task == task]


def _words_of_job(job: Mapping[str, Any], where: str) -> dict[str, Any]:
    kept: dict[str, Any] = {key: text(job, key, where) for key in JOB_TEXTS}
    kept |= {key: number(job, key, where) for key in JOB_NUMBERS}
    kept["dueDateTime"] = _due(job, where)
    kept["sendOutputToUris"] = texts(job, "sendOutputToUris", where)
    kept["taskRoutes"] = listed(job, "taskRoutes", where)
    return {key: value for key, value in kept.items() if value not in (None, [])}


def _words_of_task(task: Mapping[str, Any], where: str) -> dict[str, Any]:
    kept: dict[str, Any] = {key: _as_text(task, key, where) for key in TASK_TEXTS}
    kept |= {key: number(task, key, where) for key in TASK_NUMBERS}
    kept["dueDateTime"] = _due(task, where)
    kept["sendOutputToUris"] = texts(task, "sendOutputToUris", where)
    kept["ioFolders"] = listed(task, "ioFolders", where)
    return {key: value for key, value in kept.items() if value not in (None, [])}


def _as_text(task: Mapping[str, Any], key: str, where: str) -> str | None:
    """A payload may be written as an object, too; it is shown as a text."""
    value = task.get(key)
    return None if isinstance(value, dict) else text(task, key, where)


def _due(given: Mapping[str, Any], where: str) -> str | None:
    at = moment(given, "dueDateTime", where)
    return None if at is None else text_of(at)


def in_edge_words(refusal: JobmillError, where: str) -> JobmillError:
    """A refusal of the dialect's shared reading, or of the core's planning, of the job `where`."""
    message, field = _in_words(refusal.message), refusal.field
    if field is not None:
        field = _in_words(field)
        refusal.message = where + message if message.startswith(field) else message
        refusal.field = where + field
    else:
        refusal.message = message
    return refusal


def _in_words(said: str) -> str:
    for ours, theirs in WORDS:
        said = said.replace(ours, theirs)
    return _ROUTES.sub("taskRoutes", _NUMBERED.sub(r"tasks[\1]", said))
