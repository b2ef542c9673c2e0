"""Tasks more for jobs that have not ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import NewTask, add_route, add_task, visible_job
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named, job_named
from jobmill.dialects.aiware.graphql.submitting import named_input
from jobmill.dialects.aiware.mapping.create_job import EXTRAS, AskedTask, read_job, written_mode
from jobmill.dialects.aiware.mapping.jobs import SeenTask, kept_of
from jobmill.dialects.aiware.mapping.refusals import in_input_words

MOST = 100
WAITING = {None, "pending", "queued", "accepted", "waiting"}


async def add_tasks_to_jobs(
    call: Call,
    input: Mapping[str, Any] | None = None,  # noqa: A002
) -> dict[str, Any]:
    """Each task in a transaction of its own; those that are refused are told of beside the others.

    A parent is a task of the job, or one of the same call by the id that the caller gave it.
    """
    _ = call.who
    asked = (input or {}).get("tasks") or []
    if not 1 <= len(asked) <= MOST:
        raise InvalidInput(f"input.tasks: give 1 to {MOST}.", field="input.tasks")
    made: list[SeenTask] = []
    errors: list[dict[str, Any]] = []
    ids: dict[str, str] = {}
    for place, given in enumerate(asked):
        where = f"input.tasks[{place}]"
        try:
            seen = await _added(call, given, where, ids)
        except JobmillError as refusal:
            # Each task was read alone, as the first and only one.
            message = refusal.message.replace("input.tasks[0]", where)
            errors.append({"id": given.get("id"), "message": message})
            continue
        made.append(seen)
        if given.get("id") is not None:
            ids[given["id"]] = seen.id
    return {"createdTasks": made, "errors": errors}


async def _added(
    call: Call, given: Mapping[str, Any], where: str, ids: Mapping[str, str]
) -> SeenTask:
    if given.get("status") not in WAITING:
        raise InvalidInput(f"{where}.status: a new task is pending.", field=f"{where}.status")
    job = read_job({"tasks": [given]}, call.catalog.manifests(), call.now)
    (asked,) = job.tasks

    def act(work: UnitOfWork) -> SeenTask:
        graph = job_named(work, call.who, given["jobId"])
        parent = _parent(graph, given.get("parentTaskId"), where, ids)
        try:
            return _put(work, call, graph, _renamed(asked, graph), parent)
        except JobmillError as refusal:
            raise in_input_words(refusal, job) from refusal

    return await call.house.database.write(act)


def _parent(
    graph: JobGraph,
    id: str | None,  # noqa: A002
    where: str,
    ids: Mapping[str, str],
) -> SeenTask | None:
    if id is None:
        return None
    for task in graph.tasks:
        seen = SeenTask(graph, task)
        if seen.id == ids.get(id, id):
            return seen
    field = f"{where}.parentTaskId"
    raise InvalidInput(f"{field}: the job has no task {id!r}.", field=field)


def _renamed(asked: AskedTask, graph: JobGraph) -> AskedTask:
    """With a name that no task of the job has."""
    names, name, count = {task.name for task in graph.tasks}, asked.name, 1
    while name in names:
        count += 1
        name = f"{asked.name}-{count}"
    return replace(asked, name=name, spec={**asked.spec, "name": name})


def _put(
    work: UnitOfWork, call: Call, graph: JobGraph, asked: AskedTask, parent: SeenTask | None
) -> SeenTask:
    job, who, spec = graph.job, call.who, dict(asked.spec)
    own = dict(kept_of(job))
    if (cluster := own.get("clusterId")) is not None:
        spec["pool"] = cluster_named(work, who, cluster).name
    awaits: dict[str, str] = {}
    if parent is not None:
        manifest = call.catalog.manifests().get(parent.task.engine)
        awaits["in"] = "chunk" if manifest is None else written_mode(manifest)
    elif (given := named_input(call, asked)) is not None:
        spec["input"] = given.given()
    new = NewTask(spec, awaits)
    graph, task = add_task(work, call.house.outside, who, job.number, new, call.now)
    if parent is not None:
        route = {"from": f"{parent.task.name}.out", "to": f"{task.name}.in"}
        graph, _ = add_route(work, who, job.number, route, call.now)
    kept = {**own, "tasks": {**own.get("tasks", {}), task.name: dict(asked.kept)}}
    work.jobs.note_extra(job.number, EXTRAS, kept)
    graph = visible_job(work, who, job.number)
    return SeenTask(graph, graph.named(task.name))


RESOLVERS: dict[str, dict[str, Any]] = {}
ACTIONS = {"addTasksToJobs": add_tasks_to_jobs}
