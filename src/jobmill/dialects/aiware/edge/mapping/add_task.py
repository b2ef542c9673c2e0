"""From the bodies of addtask and addtaskroute to a task and a route more of a job.

A task that has input folders waits until a route leads into each; one without starts at once. What
was written is kept beside the graph, as that of `create_job` is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.jobs.model import JobGraph, Route, Task
from jobmill.core.jobs.service import NewTask
from jobmill.dialects.aiware.edge.mapping.create_job import (
    EDGE,
    EdgeJob,
    in_edge_words,
    read_edge_job,
)
from jobmill.dialects.aiware.edge.mapping.reading import mapping, refused, text
from jobmill.dialects.aiware.mapping.create_job import AskedTask, Installed
from jobmill.dialects.aiware.mapping.jobs import SeenTask, folders_of, kept_of, kept_of_task

TASK = "task"


@dataclass(frozen=True, slots=True)
class Addition:
    """The task in the core's form, but for its input, and what is kept of it."""

    asked: AskedTask
    new: NewTask
    given: EdgeJob

    @property
    def kept(self) -> Mapping[str, Any]:
        """What was written of it, as `extras` have it."""
        found: Mapping[str, Any] = self.given.asked.kept["tasks"][self.given.asked.tasks[0].name]
        return found


def read_task(body: Any, graph: JobGraph, installed: Installed, now: datetime) -> Addition:
    """The task of a body. Raises InvalidInput and its kin."""
    given = mapping(mapping(body, "body").get(TASK), TASK)
    if given.get("sendOutputToUris"):
        raise refused(
            f"{TASK}.sendOutputToUris", "a task that is added has none; name them for the job"
        )
    try:
        job = read_edge_job({"tasks": [given]}, "", installed, now)
    except JobmillError as refusal:
        raise _of_one_task(refusal) from None
    _check_correlation(given, graph)
    asked = _renamed(job.asked.tasks[0], graph)
    kept = job.asked.kept["tasks"][job.asked.tasks[0].name]
    modes = [f.get("mode") or "chunk" for f in kept["ioFolders"] if f["type"] == "input"]
    awaits = {"in" if i == 0 else f"in{i + 1}": str(mode) for i, mode in enumerate(modes)}
    return Addition(asked, NewTask(asked.spec, awaits), job)


def _check_correlation(given: Mapping[str, Any], graph: JobGraph) -> None:
    name = text(given, "correlationTaskId", f"{TASK}.")
    if name is not None and _of_correlation(graph, name):
        where = f"{TASK}.correlationTaskId"
        raise refused(where, f"another task of the job has {name!r}")


def _renamed(asked: AskedTask, graph: JobGraph) -> AskedTask:
    """With a name that no task of the job has."""
    names, name, count = {task.name for task in graph.tasks}, asked.manifest.id, 1
    while name in names:
        count += 1
        name = f"{asked.manifest.id}-{count}"
    return replace(asked, name=name, spec={**asked.spec, "name": name})


def _of_one_task(refusal: JobmillError) -> JobmillError:
    for many in ("tasks[0]", "tasks.0"):
        refusal.message = refusal.message.replace(many, TASK)
        refusal.field = refusal.field and refusal.field.replace(many, TASK)
    return refusal


def in_words_of_task(refusal: JobmillError) -> JobmillError:
    """A refusal of the core's, of the one task."""
    return _of_one_task(in_edge_words(refusal, ""))


def with_task(graph: JobGraph, name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The job's `extras` with what was written of one more task."""
    own = dict(kept_of(graph.job))
    return {**own, "tasks": {**own.get("tasks", {}), name: dict(kept)}}


def without_task(graph: JobGraph, task: Task) -> dict[str, Any]:
    """The job's `extras` without what was written of a task and of the routes into it."""
    own = dict(kept_of(graph.job))
    folders = {f["referenceId"] for f in folders_of(SeenTask(graph, task)) if f["type"] == "input"}
    tasks = {name: kept for name, kept in own.get("tasks", {}).items() if name != task.name}
    routes = [r for r in own.get("routes", ()) if r["childIoFolderReferenceId"] not in folders]
    return {**own, "tasks": tasks, "routes": routes}


def read_route(body: Any, graph: JobGraph) -> dict[str, str]:
    """The route of a body in the core's form. Raises InvalidInput."""
    given = mapping(body, "body")
    where = TASK if TASK in given else "taskRoute"
    route = mapping(given.get(where), where)
    if text(route, "endpoint", f"{where}."):
        raise refused(f"{where}.endpoint", "bytes cannot be pushed into a route that is added")
    parent = _task(route, "taskParentId", graph, where)
    child = _task(route, "taskChildId", graph, where)
    output = text(route, "taskParentOutputId", f"{where}.")
    if output is not None and output not in _folders(graph, parent, "output"):
        raise refused(f"{where}.taskParentOutputId", f"the task has no output folder {output!r}")
    return {"from": f"{parent.name}.out", "to": f"{child.name}.{_port(route, graph, child, where)}"}


def _task(route: Mapping[str, Any], key: str, graph: JobGraph, where: str) -> Task:
    """By Edge's id, by the one that GraphQL shows, or by the correlation id."""
    name = text(route, key, f"{where}.")
    if name is None:
        raise refused(f"{where}.{key}", "name a task")
    for task in graph.tasks:
        if name.lower() == task.id or name == SeenTask(graph, task).id:
            return task
    found = _of_correlation(graph, name)
    if found is None:
        raise InvalidInput(f"{where}.{key}: the job has no task {name!r}.", field=f"{where}.{key}")
    return found


def _of_correlation(graph: JobGraph, name: str) -> Task | None:
    for task in graph.tasks:
        words = kept_of_task(SeenTask(graph, task)).get(EDGE) or {}
        if words.get("correlationTaskId") == name:
            return task
    return None


def _folders(graph: JobGraph, task: Task, kind: str) -> list[str]:
    return [f["referenceId"] for f in folders_of(SeenTask(graph, task)) if f["type"] == kind]


def _port(route: Mapping[str, Any], graph: JobGraph, child: Task, where: str) -> str:
    """The input that is named, or the first that no route leads into."""
    name = text(route, "taskChildInputId", f"{where}.")
    if name is None:
        return next(iter(sorted(child.flow.awaits)), "in")
    written = _folders(graph, child, "input")
    if name not in written:
        raise refused(f"{where}.taskChildInputId", f"the task has no input folder {name!r}")
    place = written.index(name)
    return "in" if place == 0 else f"in{place + 1}"


def with_route(graph: JobGraph, route: Route) -> dict[str, Any]:
    """The job's `extras` with the route between the folders that were written."""
    own = dict(kept_of(graph.job))
    outputs: Sequence[str] = _folders(graph, graph.named(route.source), "output")
    inputs = _folders(graph, graph.named(route.target), "input")
    place = 0 if route.target_port == "in" else int(route.target_port[2:]) - 1
    if not outputs or place >= len(inputs):
        return own
    joined = {
        "parentIoFolderReferenceId": outputs[0],
        "childIoFolderReferenceId": inputs[place],
    }
    return {**own, "routes": [*own.get("routes", ()), joined]}
