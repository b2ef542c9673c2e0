"""Jobs and tasks in the vendor's words: what was written beside the graph, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobmill.core.jobs.model import Failure, Job, JobGraph, Task
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.ids import job_id, task_id
from jobmill.dialects.aiware.mapping.priorities import priority_of


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task with the job that it belongs to."""

    graph: JobGraph
    task: Task

    @property
    def id(self) -> str:
        """The vendor's id."""
        return task_id(id_of(self.graph.job), self.task.number)


def id_of(job: Job) -> str:
    """The vendor's id of a job."""
    return job_id(job.id, job.number)


def kept_of(job: Job) -> Mapping[str, Any]:
    """What the vendor's client wrote beside the graph; empty for jobs made elsewhere."""
    found: Mapping[str, Any] = job.extras.get(EXTRAS) or {}
    return found


def kept_of_task(seen: SeenTask) -> Mapping[str, Any]:
    """The same of a task."""
    found: Mapping[str, Any] = kept_of(seen.graph.job).get("tasks", {}).get(seen.task.name) or {}
    return found


def payload_of(seen: SeenTask) -> Mapping[str, Any]:
    """A task's payload as it was written, or what our engine is given."""
    kept = kept_of_task(seen)
    found: Mapping[str, Any] = kept.get("payload", seen.task.parameters)
    return found


def folders_of(seen: SeenTask) -> list[dict[str, Any]]:
    """A task's folders: as they were written, or one for each port that a route joins."""
    kept = kept_of_task(seen)
    if "ioFolders" in kept:
        return list(kept["ioFolders"])
    if kept_of(seen.graph.job):
        return []
    name, found = seen.task.name, []
    for route in seen.graph.routes:
        mode = str(getattr(route, "mode", "chunk"))
        if route.target == name:
            found.append(_folder(name, route.target_port, "input", mode))
        if route.source == name:
            found.append(_folder(name, route.source_port, "output", mode))
    return [each for i, each in enumerate(found) if each not in found[:i]]


def routes_of(graph: JobGraph) -> list[dict[str, Any]]:
    """A job's routes: as they were written, or between the folders of `folders_of`."""
    kept = kept_of(graph.job)
    if kept:
        return list(kept.get("routes", ()))
    return [
        {
            "parentIoFolderReferenceId": f"{route.source}.{route.source_port}",
            "childIoFolderReferenceId": f"{route.target}.{route.target_port}",
            "parentTaskId": SeenTask(graph, graph.named(route.source)).id,
            "childTaskId": SeenTask(graph, graph.named(route.target)).id,
            "options": {},
        }
        for route in graph.routes
    ]


def _folder(task: str, port: str, kind: str, mode: str) -> dict[str, Any]:
    return {"referenceId": f"{task}.{port}", "type": kind, "mode": mode, "options": {}}


def preferences_of(seen: SeenTask) -> dict[str, Any]:
    """How a task is to be run, with what holds where nobody said it."""
    return {
        "maxRetries": seen.task.max_retries,
        "maxEngines": 1,
        "parallelProcessing": False,
        "parentCompleteBeforeStarting": False,
        "priority": priority_of(seen.task.priority),
        **kept_of_task(seen).get("executionPreferences", {}),
    }


# Why an attempt failed, in the vendor's words, by our codes; for others the class decides.
REASONS: Mapping[str, str] = {
    "fetch_failed": "url_error",
    "fetch_not_found": "url_not_found",
    "fetch_refused": "url_connection_refused",
    "fetch_timed_out": "url_timeout",
    "address_not_allowed": "url_not_allowed",
    "input_missing": "url_not_found",
    "path_not_allowed": "url_not_allowed",
    "bad_result": "invalid_data",
    "invalid_document": "invalid_data",
    "heartbeat_timeout": "heartbeat_timeout",
    "engine_hung": "heartbeat_timeout",
    "timed_out": "chunk_timeout",
    "engine_busy": "rate_limited",
    "engine_missing": "system_dependency_missing",
    "engine_not_started": "system_dependency_missing",
    "setup_failed": "system_dependency_missing",
    "model_missing": "system_dependency_missing",
    "model_unusable": "system_dependency_missing",
    "engine_died": "system_error",
    "quarantined": "system_error",
    "storage_failed": "file_write_error",
    "file_size_exceeded": "file_write_error",
    "internal_error": "internal_error",
}
CLASSES: Mapping[str, str] = {
    "input": "invalid_data",
    "platform": "system_error",
    "limit": "system_error",
    "engine": "other",
}


def reason_of(failure: Failure) -> str:
    """The vendor's word for why a task failed."""
    return REASONS.get(failure.code) or CLASSES.get(failure.failure.value, "unknown")


def shown_tasks(graph: JobGraph) -> list[Task]:
    """The tasks that a client knows of: lanes, which help one of them, are not shown."""
    return [task for task in graph.tasks if not getattr(task, "lane", 0)]
