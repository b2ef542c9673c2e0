"""From explicit tasks and routes to a graph that can run; refusals name the field and the fix."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jobmill.core.engines import EngineCatalog, check_parameters, engine_of_feature, find_engine
from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.planning.features import check_feature_params, feature_task
from jobmill.core.pipelines.planning.modes import mode_of
from jobmill.core.pipelines.planning.people import (
    check_one_document,
    check_reviews,
    review_task,
)
from jobmill.core.pipelines.planning.plan import LANE_MARK, Mode, Plan, PlannedRoute, PlannedTask
from jobmill_engine.manifest import Manifest

MAX_TASKS = 200
MAX_LANES = 64
MAX_ROWS = 400
"""Tasks and further lanes together."""
PRIORITIES = range(140)
INPUTS = ("path", "url", "asset", "json")
ROUTE_MODES = (Mode.STREAM, Mode.CHUNK)


def plan_graph(
    tasks: Sequence[Mapping[str, Any]],
    routes: Sequence[Mapping[str, Any]],
    catalog: EngineCatalog,
    *,
    pool: str | None = None,
) -> Plan:
    """An explicit graph: tasks `{name, engine, features?, params?, max_retries?, max_engines?,
    wait_for_parents?, priority?, pool?, input?}`, routes `{from, to, mode?}` where each end is
    `task` or `task.port` (ports default to `out` and `in`) and the mode is `stream` or `chunk`.
    A route that names none carries chunks, and what a whole task leaves by it is read as a whole.
    A task `{name?, review, params?}` asks people; its params go over what `review` says.

    `pool` is that of tasks which name none. Raises GraphInvalid and InvalidInput.
    """
    if not tasks:
        raise GraphInvalid("tasks: give at least one task.", field="tasks")
    if len(tasks) > MAX_TASKS:
        raise GraphInvalid(f"tasks: at most {MAX_TASKS} tasks make a job.", field="tasks")
    engines = [engine_of(task, f"tasks.{i}", catalog) for i, task in enumerate(tasks)]
    planned = [
        planned_task(task, f"tasks.{i}", manifest, pool)
        for i, (task, manifest) in enumerate(zip(tasks, engines, strict=True))
    ]
    _check_names([task.name for task in planned])
    names = {task.name for task in planned}
    joined = tuple(route_of(route, f"routes.{i}", names) for i, route in enumerate(routes))
    check_acyclic(joined)
    _check_inputs(planned, joined)
    check_reviews(planned, joined)
    plain = {joined[i] for i, route in enumerate(routes) if not route.get("mode")}
    plain -= {route for route in joined if _wanted(tasks[_index(planned, route.target)]) > 1}
    modes = _modes(planned, joined, plain, engines)
    placed = tuple(replace(task, mode=modes[task.name]) for task in planned)
    check_one_document(placed, joined)
    return Plan(placed, joined, lanes=_lanes(tasks, placed))


def engine_of(task: Mapping[str, Any], where: str, catalog: EngineCatalog) -> Manifest | None:
    """The engine of a task, by its id or by a feature; a review has none.

    Raises UnknownEngine, GraphInvalid.
    """
    if task.get("review") is not None:
        return None
    features = tuple(task.get("features") or ())
    if features and not task.get("engine"):
        manifest = engine_of_feature(catalog, features[0], f"{where}.features")
    else:
        manifest = find_engine(catalog, str(task.get("engine") or ""), f"{where}.engine")
    offered = {each.name for each in manifest.features}
    for feature in features:
        if feature not in offered:
            raise GraphInvalid(
                f"{where}.features: engine {manifest.id!r} does not offer {feature!r}.",
                field=f"{where}.features",
            )
    return manifest


def planned_task(
    task: Mapping[str, Any], where: str, manifest: Manifest | None, pool: str | None
) -> PlannedTask:
    """A task as it is asked for, but for its mode. Raises InvalidInput and its kin."""
    if manifest is None:
        return review_task(task, where)
    features = tuple(task.get("features") or ())
    params = task.get("params") or {}
    if features:
        parameters = feature_task(manifest, features, params, alone=True).parameters
        check_feature_params(features, params, [manifest])
    else:
        parameters = params
        check_parameters(params, manifest.parameters, f"{where}.params")
    return PlannedTask(
        name=str(task.get("name") or manifest.id),
        engine=manifest.id,
        pool=str(task.get("pool") or pool or manifest.pool),
        features=features,
        parameters=parameters,
        max_retries=int(task.get("max_retries") or 0),
        wait_for_parents=bool(task.get("wait_for_parents")),
        priority=_priority(task, where),
        input=_input(task, where),
    )


def _priority(task: Mapping[str, Any], where: str) -> int | None:
    priority: int | None = task.get("priority")
    if priority is not None and priority not in PRIORITIES:
        raise GraphInvalid(
            f"{where}.priority: give 0 to {PRIORITIES.stop - 1}.", field=f"{where}.priority"
        )
    return priority


def _input(task: Mapping[str, Any], where: str) -> Mapping[str, Any] | None:
    given = task.get("input")
    if given is None:
        return None
    kinds = [kind for kind in INPUTS if given.get(kind) is not None]
    if len(kinds) != 1 or len(given) != 1:
        raise GraphInvalid(
            f"{where}.input: give exactly one of {', '.join(INPUTS)}.", field=f"{where}.input"
        )
    return dict(given)


def _check_names(names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise GraphInvalid(f"tasks.{i}.name: {name!r} is used twice.", field=f"tasks.{i}.name")
        if LANE_MARK in name:
            raise GraphInvalid(
                f"tasks.{i}.name: a name cannot hold {LANE_MARK!r}.", field=f"tasks.{i}.name"
            )


def _check_inputs(tasks: Sequence[PlannedTask], routes: Sequence[PlannedRoute]) -> None:
    fed = {route.target for route in routes if route.target_port == "in"}
    for i, task in enumerate(tasks):
        if task.input is not None and task.name in fed:
            raise GraphInvalid(
                f"tasks.{i}.input: a route leads into its port 'in' already; name one of them.",
                field=f"tasks.{i}.input",
            )


def _index(tasks: Sequence[PlannedTask], name: str) -> int:
    return next(i for i, task in enumerate(tasks) if task.name == name)


def _modes(
    tasks: Sequence[PlannedTask],
    routes: Sequence[PlannedRoute],
    plain: Collection[PlannedRoute],
    engines: Sequence[Manifest | None],
) -> Mapping[str, Mode]:
    """The mode of each task; `plain` are the routes whose mode nobody asked for."""
    modes: dict[str, Mode] = {}
    parents = {task.name: {r.source for r in routes if r.target == task.name} for task in tasks}
    for name in TopologicalSorter(parents).static_order():
        i = _index(tasks, name)
        leading = [route for route in routes if route.target == name]
        manifest = engines[i]
        offered: Collection[str] = (Mode.WHOLE,) if manifest is None else manifest.modes
        at_rest = all(r in plain and modes[r.source] is Mode.WHOLE for r in leading)
        if leading and at_rest and Mode.WHOLE in offered:
            offered = (Mode.WHOLE,)
        modes[name] = mode_of(leading, offered, f"tasks.{i}.engine")
    return modes


def _wanted(task: Mapping[str, Any]) -> int:
    return int(task.get("max_engines") or 1)


def _lanes(
    tasks: Sequence[Mapping[str, Any]], planned: Sequence[PlannedTask]
) -> tuple[PlannedTask, ...]:
    lanes: list[PlannedTask] = []
    for i, (asked, task) in enumerate(zip(tasks, planned, strict=True)):
        lanes += lanes_of(asked, task, f"tasks.{i}")
        if len(planned) + len(lanes) > MAX_ROWS:
            where = f"tasks.{i}.max_engines"
            raise GraphInvalid(f"{where}: the job would have too many lanes.", field=where)
    return tuple(lanes)


def lanes_of(asked: Mapping[str, Any], task: PlannedTask, where: str) -> list[PlannedTask]:
    """The further lanes of a task. Raises GraphInvalid."""
    wanted = _wanted(asked)
    if not 1 <= wanted <= MAX_LANES:
        where = f"{where}.max_engines"
        raise GraphInvalid(f"{where}: give 1 to {MAX_LANES}.", field=where)
    if task.mode is not Mode.CHUNK:
        return []
    return [
        replace(task, name=f"{task.name}{LANE_MARK}{lane}", lane=lane, lane_of=task.name)
        for lane in range(1, wanted)
    ]


def route_of(route: Mapping[str, Any], where: str, names: set[str]) -> PlannedRoute:
    """A route between tasks of these names. Raises GraphInvalid."""
    ends = []
    for key, port in (("from", "out"), ("to", "in")):
        text = str(route.get(key) or "")
        name, _, given = (text, "", "") if text in names else text.rpartition(".")
        if name not in names:
            raise GraphInvalid(
                f"{where}.{key}: there is no task {text!r} in this job.", field=f"{where}.{key}"
            )
        ends.append((name, given or port))
    (source, source_port), (target, target_port) = ends
    return PlannedRoute(source, source_port, target, target_port, _route_mode(route, where))


def _route_mode(route: Mapping[str, Any], where: str) -> Mode:
    asked = route.get("mode") or Mode.CHUNK
    if asked not in ROUTE_MODES:
        raise GraphInvalid(
            f"{where}.mode: give {' or '.join(ROUTE_MODES)}, not {asked!r}.", field=f"{where}.mode"
        )
    return Mode(asked)


def check_acyclic(routes: Sequence[PlannedRoute]) -> None:
    """Raise GraphInvalid where tasks wait for each other."""
    parents: dict[str, set[str]] = {}
    for route in routes:
        parents.setdefault(route.target, set()).add(route.source)
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as cycle:
        path = " → ".join(cycle.args[1])
        raise GraphInvalid(
            f"routes: the tasks wait for each other: {path}.", field="routes"
        ) from None
