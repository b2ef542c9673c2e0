"""Jobs whose tasks wait for bytes that are pushed: parked, and found by a tag for each endpoint."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobmill.core.jobs.model import Job, JobGraph, Task
from jobmill.core.jobs.service import SubmitJob
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.dialects.aiware.mapping.jobs import kept_of

ENDPOINTS = "endpoints"


def tag_of(endpoint: str) -> str:
    """By which the jobs of an endpoint are found."""
    return f"endpoint:{endpoint.lower()}"


def awaiting(command: SubmitJob, endpoints: Mapping[str, str]) -> SubmitJob:
    """The job put aside until the bytes of these tasks are there."""
    kept: dict[str, Any] = {**command.extras[EXTRAS], ENDPOINTS: dict(endpoints)}
    tags = tuple(dict.fromkeys(tag_of(endpoint) for endpoint in endpoints.values()))
    return replace(
        command,
        parked=True,
        tags=(*command.tags, *tags),
        extras={**command.extras, EXTRAS: kept},
        require_input=False,
    )


def endpoints_of(job: Job) -> Mapping[str, str]:
    """Where the bytes of the job's tasks are pushed to, by the tasks' names."""
    found: Mapping[str, str] = kept_of(job).get(ENDPOINTS) or {}
    return found


def hungry(graph: JobGraph, endpoint: str | None = None) -> list[Task]:
    """The tasks that still wait for bytes, of one endpoint or of any."""
    named = endpoints_of(graph.job)
    return [
        task
        for task in graph.tasks
        if task.input is None
        and named.get(task.name) in ((endpoint,) if endpoint else named.values())
    ]
