"""Folders and routes of a job: which output folder of which task each input folder reads.

Edge names tasks and folders by correlation ids, and a route may leave out a folder where the task
has but one, or none. The dialect's own form names folders alone, so that each gets an id of ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobmill.core.errors import GraphInvalid
from jobmill.dialects.aiware.edge.mapping.reading import flag, listed, mapping, refused, text, word
from jobmill.dialects.aiware.edge.mapping.refusals import PushNotServed
from jobmill.dialects.aiware.edge.mapping.uuids import is_uuid
from jobmill.dialects.aiware.edge.schema import FOLDER_MODES, FOLDER_TYPES


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a task; `id` is ours, `written` the correlation id."""

    task: int
    id: str
    written: str | None
    kind: str
    mode: str | None


@dataclass(slots=True)
class Folders:
    """The folders of a job's tasks, and the tasks' correlation ids."""

    names: Sequence[str | None]
    every: list[Folder] = field(default_factory=list)

    def of(self, task: int) -> list[dict[str, Any]]:
        """The folders of a task in the dialect's form."""
        return [
            {"referenceId": each.id, "mode": each.mode, "type": each.kind}
            for each in self.every
            if each.task == task
        ]

    def add(self, task: int, written: str | None, kind: str, mode: str | None) -> Folder:
        """One more folder."""
        folder = Folder(task, f"{task}.{len(self.every)}", written, kind, mode)
        self.every.append(folder)
        return folder


def read_folders(tasks: Sequence[Mapping[str, Any]], job: str) -> Folders:
    """The folders of all tasks. Raises GraphInvalid for an id that is used twice."""
    names = [text(task, "correlationTaskId", f"{job}tasks[{i}].") for i, task in enumerate(tasks)]
    for i, name in enumerate(names):
        if name is not None and name in names[:i]:
            where = f"{job}tasks[{i}].correlationTaskId"
            raise GraphInvalid(f"{where}: {name!r} is used twice.", field=where)
    found = Folders(names)
    for i, task in enumerate(tasks):
        for j, given in enumerate(listed(task, "ioFolders", f"{job}tasks[{i}].")):
            _folder(found, i, given, f"{job}tasks[{i}].ioFolders[{j}]")
    return found


def _folder(found: Folders, task: int, given: Any, where: str) -> None:
    folder = mapping(given, where)
    name = text(folder, "correlationID", f"{where}.") or text(folder, "correlationId", f"{where}.")
    kind = word(folder, "type", f"{where}.", FOLDER_TYPES)
    mode = word(folder, "mode", f"{where}.", FOLDER_MODES)
    if kind is None:
        raise GraphInvalid(f"{where}.type: write input or output.", field=f"{where}.type")
    if name is not None and any(each.task == task and each.written == name for each in found.every):
        where = f"{where}.correlationID"
        raise GraphInvalid(f"{where}: the task uses {name!r} twice.", field=where)
    found.add(task, name, kind, mode)


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes in the dialect's form; those that only name a root have none. `endpoints` are the
    tasks that wait for bytes to be pushed, by place."""

    joined: list[dict[str, Any]]
    endpoints: Mapping[int, str]


def read_routes(given: Sequence[Any], folders: Folders, job: str) -> Routes:
    """The routes of a body. Raises GraphInvalid, and PushNotServed for ways to push that are not
    served."""
    found, fed, endpoints = [], set[str](), dict[int, str]()
    for i, each in enumerate(given):
        where = f"{job}taskRoutes[{i}]"
        route = mapping(each, where)
        child = _task(route, "taskChildId", folders, where)
        parent = _task(route, "taskParentId", folders, where)
        if child is None:
            raise GraphInvalid(f"{where}.taskChildId: name a task.", field=f"{where}.taskChildId")
        endpoint = _endpoint(route, where)
        if parent is None and text(route, "taskParentOutputId", f"{where}.") is None:
            if endpoint is not None:
                endpoints[child] = endpoint
            continue
        if endpoint is not None:
            raise _push_refused(f"{where}.endpoint", "a task reads what another task writes")
        source = _end(route, "taskParentOutputId", parent, "output", folders, where)
        target = _end(route, "taskChildInputId", child, "input", folders, where)
        if target.id in fed:
            where = f"{where}.taskChildInputId"
            raise GraphInvalid(f"{where}: another route writes into this folder.", field=where)
        fed.add(target.id)
        found.append(
            {"parentIoFolderReferenceId": source.id, "childIoFolderReferenceId": target.id}
        )
    both = endpoints.keys() & {int(r["childIoFolderReferenceId"].split(".")[0]) for r in found}
    if both:
        raise _push_refused(f"{job}taskRoutes", "a task reads what another task writes")
    return Routes(found, endpoints)


def _endpoint(route: Mapping[str, Any], where: str) -> str | None:
    """Where bytes for a task are pushed to, if they are."""
    endpoint = text(route, "endpoint", f"{where}.")
    if endpoint is None:
        return None
    if not is_uuid(endpoint):
        raise refused(f"{where}.endpoint", "give a UUID")
    for key in ("syncEnabled", "chunkCallbackEnabled"):
        if flag(route, key, f"{where}."):
            raise _push_refused(f"{where}.{key}", "a push is answered at once, with the job's id")
    return endpoint.lower()


def _push_refused(where: str, why: str) -> PushNotServed:
    return PushNotServed(f"{where}: bytes cannot be pushed in this way: {why}.", field=where)


def _task(route: Mapping[str, Any], key: str, folders: Folders, where: str) -> int | None:
    """The task that a route names."""
    name = text(route, key, f"{where}.")
    if name is None:
        return None
    if name not in folders.names:
        raise GraphInvalid(
            f"{where}.{key}: no task has the correlationTaskId {name!r}.", field=f"{where}.{key}"
        )
    return folders.names.index(name)


def _end(
    route: Mapping[str, Any], key: str, task: int | None, kind: str, folders: Folders, where: str
) -> Folder:
    """The folder at one end of a route: the one that it names, or the only one of its task."""
    name = text(route, key, f"{where}.")
    among = [each for each in folders.every if task is None or each.task == task]
    if name is not None:
        named = [each for each in among if each.written == name]
        if not named:
            raise _missing(f"{where}.{key}", name, task, folders)
        if named[0].kind != kind:
            raise GraphInvalid(
                f"{where}.{key}: the folder {name!r} is an {named[0].kind} folder, not an {kind} "
                "folder.",
                field=f"{where}.{key}",
            )
        return named[0]
    fitting = [each for each in among if each.kind == kind]
    if len(fitting) > 1:
        raise GraphInvalid(
            f"{where}.{key}: the task has several {kind} folders; name one.", field=f"{where}.{key}"
        )
    return fitting[0] if fitting else folders.add(task or 0, None, kind, None)


def _missing(where: str, name: str, task: int | None, folders: Folders) -> GraphInvalid:
    who = "no task" if task is None else f"the task {folders.names[task]!r}"
    verb = "has" if task is None else "does not have"
    return GraphInvalid(f"{where}: {who} {verb} a folder {name!r}.", field=where)
