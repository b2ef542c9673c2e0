"""From the input of `createJob` to a graph of ours: tasks, folders and routes.

What the vendor says beyond a graph (folder names, payloads as written, preferences) is kept in
`extras["aiware"]` and shown again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from jobmill.core.errors import GraphInvalid, InvalidInput, UnknownEngine
from jobmill.dialects.aiware.mapping.catalogue import (
    COGNITION,
    engine_id,
    engine_kind,
    engine_named,
)
from jobmill.dialects.aiware.mapping.payloads import (
    feature_parameters,
    features_from,
    parameters_from,
)
from jobmill.dialects.aiware.mapping.priorities import priority_from
from jobmill.dialects.aiware.mapping.times import text_of
from jobmill_engine.manifest import Manifest

EXTRAS = "aiware"
MAX_ENGINES = 64
MAX_RETRIES = 100
USUAL_RETRIES = 1
Installed = Mapping[str, Manifest]


@dataclass(frozen=True, slots=True)
class AskedTask:
    """One task, read: the native spec, and what the vendor wants to see again."""

    name: str
    manifest: Manifest
    spec: Mapping[str, Any]
    kept: Mapping[str, Any]
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedJob:
    """The input of `createJob`, read. `roots` are the tasks that read no other's output."""

    tasks: tuple[AskedTask, ...]
    routes: tuple[Mapping[str, Any], ...]
    roots: tuple[AskedTask, ...]
    due: datetime | None
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Folder:
    task: int
    mode: str | None
    port: str
    direction: str


def read_job(given: Mapping[str, Any], installed: Installed, now: datetime) -> AskedJob:
    """Read the input. Raises InvalidInput and its kin, naming the field as the vendor does."""
    asked = given.get("tasks") or []
    if not asked:
        raise InvalidInput("input.tasks: give at least one task.", field="input.tasks")
    _check_target(given)
    names: list[str] = []
    tasks = tuple(
        _task(each, f"input.tasks[{i}]", installed, names, given) for i, each in enumerate(asked)
    )
    given_routes = given.get("routes") or []
    if given_routes or any(each.get("ioFolders") for each in asked):
        routes = _routes(given_routes, asked, tasks)
    else:
        routes = chain(tasks)
    tasks = _with_origins(tasks, routes)
    fed = {str(route["to"]).partition(".")[0] for route in routes}
    roots = tuple(task for task in tasks if task.name not in fed)
    return AskedJob(tasks, routes, roots, _due(given, asked, now), _kept(given, tasks))


def _check_target(given: Mapping[str, Any]) -> None:
    if given.get("target") is not None and given.get("targetId") is not None:
        raise InvalidInput(
            "input.target: give either target, for a new TDO, or targetId, not both.",
            field="input.target",
        )


def _task(
    given: Mapping[str, Any], where: str, installed: Installed, names: list[str], job: Any
) -> AskedTask:
    manifest = _engine(given, where, installed)
    payload = _payload(given, where)
    name = _name(manifest.id, names)
    preferences = given.get("executionPreferences") or {}
    spec: dict[str, Any] = {
        "name": name,
        "engine": manifest.id,
        "params": parameters_from(payload, manifest),
        "max_retries": _retries(preferences, job, where),
    }
    if features := features_from(payload, manifest):
        spec["features"] = features
        spec["params"] = feature_parameters(payload, manifest, features)
    if preferences.get("priority") is not None:
        spec["priority"] = priority_from(preferences["priority"])
    engines = _engines(preferences, where)
    if engines > 1:
        spec["max_engines"] = engines
    if preferences.get("parentCompleteBeforeStarting"):
        spec["wait_for_parents"] = True
    return AskedTask(name, manifest, spec, _shown(given, payload), payload)


def _engine(given: Mapping[str, Any], where: str, installed: Installed) -> Manifest:
    asked = given.get("engineId") or given.get("taskType")
    if not asked:
        raise InvalidInput(f"{where}.engineId: name the engine.", field=f"{where}.engineId")
    engine = engine_named(str(asked), installed)
    if engine is None or engine not in installed:
        named = "" if engine is None else f" (the engine {engine!r} here)"
        raise UnknownEngine(
            f"{where}.engineId: no engine {asked!r}{named} is installed; the query engines lists "
            "those that are.",
            field=f"{where}.engineId",
            objectId=str(asked),
            objectType="Engine",
        )
    return installed[engine]


def _payload(given: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    payload, text = given.get("payload"), given.get("payloadString")
    if payload is not None and text is not None:
        raise InvalidInput(
            f"{where}.payloadString: give payload or payloadString, not both.",
            field=f"{where}.payloadString",
        )
    if text is not None:
        payload = _parsed(text, f"{where}.payloadString")
    if payload is None:
        return {}
    if not isinstance(payload, Mapping):
        raise InvalidInput(f"{where}.payload: give an object.", field=f"{where}.payload")
    return payload


def _parsed(text: str, where: str) -> Any:
    from pydantic_core import from_json

    try:
        return from_json(text, allow_inf_nan=False) if text.strip() else None
    except ValueError as error:
        raise InvalidInput(f"{where}: not valid JSON: {error}.", field=where) from None


def _name(engine: str, names: list[str]) -> str:
    count = sum(1 for each in names if each == engine)
    names.append(engine)
    return engine if count == 0 else f"{engine}-{count + 1}"


def _retries(preferences: Mapping[str, Any], job: Mapping[str, Any], where: str) -> int:
    given = preferences.get("maxRetries")
    retries = (job.get("retries") or USUAL_RETRIES) if given is None else given
    if not 0 <= retries <= MAX_RETRIES:
        raise InvalidInput(
            f"{where}.executionPreferences.maxRetries: give 0 to {MAX_RETRIES}.",
            field=f"{where}.executionPreferences.maxRetries",
        )
    return int(retries)


def _engines(preferences: Mapping[str, Any], where: str) -> int:
    given = preferences.get("maxEngines")
    if given is None:
        return 2 if preferences.get("parallelProcessing") else 1
    if given < 1:
        raise InvalidInput(
            f"{where}.executionPreferences.maxEngines: give 1 or more.",
            field=f"{where}.executionPreferences.maxEngines",
        )
    return min(int(given), MAX_ENGINES)


def _shown(given: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """What of a task is shown again as it was written."""
    kept: dict[str, Any] = {"payload": dict(payload), "engineId": given.get("engineId")}
    for key in ("ioFolders", "notificationUris", "isClone", "buildId", "testTask"):
        if given.get(key) is not None:
            kept[key] = given[key]
    if given.get("executionPreferences"):
        kept["executionPreferences"] = _plain(given["executionPreferences"])
    return kept


def _plain(value: Any) -> Any:
    """Moments as text, so that it can be kept as JSON."""
    if isinstance(value, datetime):
        return text_of(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _kept(given: Mapping[str, Any], tasks: Sequence[AskedTask]) -> dict[str, Any]:
    kept: dict[str, Any] = {"tasks": {task.name: dict(task.kept) for task in tasks}}
    for key in (
        "routes",
        "notificationUris",
        "isReprocessJob",
        "jobConfig",
        "scheduledJobId",
        "jobTemplateId",
        "description",
    ):
        if given.get(key) is not None:
            kept[key] = given[key]
    return kept


def _due(
    given: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]], now: datetime
) -> datetime | None:
    """The earliest time that is asked for and still to come: a past one is no deadline."""
    asked = [given.get("dueDateTime")]
    asked += [(task.get("executionPreferences") or {}).get("dueDateTime") for task in tasks]
    coming = [each for each in asked if each is not None and each > now]
    return min(coming, default=None)


def _routes(
    given: Sequence[Mapping[str, Any]],
    asked: Sequence[Mapping[str, Any]],
    tasks: Sequence[AskedTask],
) -> tuple[Mapping[str, Any], ...]:
    folders = _folders(asked)
    routes, fed = [], set()
    for i, route in enumerate(given):
        where = f"input.routes[{i}]"
        source = _end(route, "parentIoFolderReferenceId", "output", folders, where)
        target = _end(route, "childIoFolderReferenceId", "input", folders, where)
        if (target.task, target.port) in fed:
            raise GraphInvalid(
                f"{where}.childIoFolderReferenceId: another route writes into this folder already.",
                field=f"{where}.childIoFolderReferenceId",
            )
        fed.add((target.task, target.port))
        routes.append(
            {
                "from": f"{tasks[source.task].name}.{source.port}",
                "to": f"{tasks[target.task].name}.{target.port}",
                "mode": source.mode or target.mode or "chunk",
            }
        )
    return tuple(routes)


def _folders(asked: Sequence[Mapping[str, Any]]) -> dict[str, _Folder]:
    """All folders by their reference id. A task's second input is a port of its own; its outputs
    are all its one output."""
    found: dict[str, _Folder] = {}
    for i, task in enumerate(asked):
        inputs = 0
        for j, folder in enumerate(task.get("ioFolders") or ()):
            where = f"input.tasks[{i}].ioFolders[{j}]"
            name, direction = folder.get("referenceId"), folder.get("type")
            if direction is None:
                raise InvalidInput(f"{where}.type: write input or output.", field=f"{where}.type")
            port = "out"
            if direction == "input":
                inputs += 1
                port = "in" if inputs == 1 else f"in{inputs}"
            if not name:
                continue
            if name in found:
                raise GraphInvalid(
                    f"{where}.referenceId: {name!r} is used twice.", field=f"{where}.referenceId"
                )
            found[name] = _Folder(i, folder.get("mode"), port, direction)
    return found


def _end(
    route: Mapping[str, Any], key: str, direction: str, folders: Mapping[str, _Folder], where: str
) -> _Folder:
    name = route.get(key)
    folder = folders.get(name) if name else None
    if folder is None:
        raise GraphInvalid(f"{where}.{key}: no task has a folder {name!r}.", field=f"{where}.{key}")
    if folder.direction != direction:
        raise GraphInvalid(
            f"{where}.{key}: the folder {name!r} is an {folder.direction} folder, not an "
            f"{direction} folder.",
            field=f"{where}.{key}",
        )
    return folder


def chain(tasks: Sequence[AskedTask]) -> tuple[Mapping[str, Any], ...]:
    """Tasks without folders: one after the other, each reading what the one before it writes."""
    return tuple(
        {"from": before.name, "to": after.name, "mode": written_mode(before.manifest)}
        for before, after in pairwise(tasks)
    )


def written_mode(manifest: Manifest) -> str:
    """What an engine's output folder carries where nobody says it: stream or chunk."""
    return "stream" if "stream" in manifest.modes and "chunk" not in manifest.modes else "chunk"


def _with_origins(
    tasks: tuple[AskedTask, ...], routes: Sequence[Mapping[str, Any]]
) -> tuple[AskedTask, ...]:
    """An output writer says in its document which engine found what it puts together."""
    named = {task.name: task for task in tasks}
    sources: dict[str, str] = {}
    for route in routes:
        target = str(route["to"]).partition(".")[0]
        sources.setdefault(target, str(route["from"]).partition(".")[0])

    def finder(name: str) -> AskedTask | None:
        for _ in tasks:
            source = sources.get(name)
            if source is None:
                return None
            if engine_kind(named[source].manifest.id) == COGNITION:
                return named[source]
            name = source
        return None

    return tuple(
        replace(task, spec={**task.spec, "params": _origin(task, finder(task.name))})
        for task in tasks
    )


def _origin(task: AskedTask, finder: AskedTask | None) -> Mapping[str, Any]:
    known = task.manifest.parameters.get("properties", {})
    params: Mapping[str, Any] = task.spec["params"]
    if finder is None or "source_engine_id" not in known:
        return params
    written = finder.kept.get("engineId") or engine_id(finder.manifest.id)
    said = {"source_engine_id": str(written), "source_engine_name": finder.manifest.name}
    return {**said, **params}
