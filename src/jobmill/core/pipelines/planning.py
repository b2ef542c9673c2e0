"""From a request to a graph of tasks. Pure: looks at manifests, touches nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jobmill.core.engines import EngineCatalog, check_parameters, engine_of_feature, find_engine
from jobmill.core.errors import GraphInvalid, InvalidInput
from jobmill.core.pipelines.model import PipelineDefinition
from jobmill.core.results import Alarm, alarms_from
from jobmill.core.results.alarms import ALARMS_SCHEMA
from jobmill_engine.manifest import Manifest

MAX_TASKS = 200
SHARED_PARAMETERS = ("segments",)
ALARMS = "alarms"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One node to be run. If not `required`, its failure is but a warning beside a success."""

    name: str
    engine: str
    pool: str
    features: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
    max_retries: int = 0


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """An output port of one task joined to an input port of another."""

    source: str
    source_port: str
    target: str
    target_port: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph that can run: names unique, engines installed, parameters valid, no cycle."""

    tasks: tuple[PlannedTask, ...]
    routes: tuple[PlannedRoute, ...] = ()
    alarms: tuple[Alarm, ...] = ()


def plan_features(
    features: Sequence[str],
    params: Mapping[str, Any],
    catalog: EngineCatalog,
    *,
    field_name: str = "features",
    check: bool = True,
) -> Plan:
    """One task per engine that offers the features: they share one decode of the input.

    `params` maps features to their parameters; `segments` goes to every engine, and `alarms` are
    the job's own: what the results must not show.
    """
    if not features:
        raise InvalidInput(f"{field_name}: name at least one feature.", field=field_name)
    engines: dict[str, Manifest] = {}
    groups: dict[str, list[str]] = {}
    for feature in dict.fromkeys(features):
        manifest = engine_of_feature(catalog, feature, field_name)
        engines[manifest.id] = manifest
        groups.setdefault(manifest.id, []).append(feature)
    if check:
        _check_feature_params(features, params, engines.values())
    return Plan(
        tuple(
            _feature_task(engines[engine], tuple(group), params, alone=len(groups) == 1)
            for engine, group in groups.items()
        ),
        alarms=_alarms(params, features),
    )


def _alarms(params: Mapping[str, Any], features: Sequence[str]) -> tuple[Alarm, ...]:
    if ALARMS not in params:
        return ()
    check_parameters({ALARMS: params[ALARMS]}, ALARMS_SCHEMA, "params")
    alarms = alarms_from(params[ALARMS])
    for i, alarm in enumerate(alarms):
        if alarm.feature not in features:
            where = f"params.{ALARMS}.{i}.feature"
            raise InvalidInput(
                f"{where}: not one of the job's features ({', '.join(features)}).", field=where
            )
    return alarms


def _feature_task(
    manifest: Manifest, features: tuple[str, ...], params: Mapping[str, Any], *, alone: bool
) -> PlannedTask:
    shared = {key: params[key] for key in SHARED_PARAMETERS if key in params}
    own = {feature: params[feature] for feature in features if params.get(feature)}
    return PlannedTask(
        name=manifest.id,
        engine=manifest.id,
        pool=manifest.pool,
        features=features,
        parameters={**shared, **own},
        required=alone,
    )


def _check_feature_params(
    features: Sequence[str], params: Mapping[str, Any], manifests: Any
) -> None:
    schemas = {each.name: each.parameters for m in manifests for each in m.features}
    for key, value in params.items():
        if key in (*SHARED_PARAMETERS, ALARMS):
            continue
        if key not in features:
            raise InvalidInput(
                f"params.{key}: not one of the job's features ({', '.join(features)}).",
                field=f"params.{key}",
            )
        if not isinstance(value, Mapping):
            raise InvalidInput(f"params.{key}: give an object.", field=f"params.{key}")
        check_parameters(value, schemas.get(key) or {}, f"params.{key}")
    if "segments" in params:
        for manifest in manifests:
            check_parameters({"segments": params["segments"]}, _segments_of(manifest), "params")


def _segments_of(manifest: Manifest) -> Mapping[str, Any]:
    properties = manifest.parameters.get("properties", {})
    if "segments" not in properties:
        return {}
    return {"properties": {"segments": properties["segments"]}}


def plan_graph(
    tasks: Sequence[Mapping[str, Any]],
    routes: Sequence[Mapping[str, Any]],
    catalog: EngineCatalog,
) -> Plan:
    """An explicit graph: tasks `{name, engine, features?, params?, max_retries?}`, routes
    `{from, to}` where each end is `task` or `task.port` (ports default to `out` and `in`)."""
    if not tasks:
        raise GraphInvalid("tasks: give at least one task.", field="tasks")
    if len(tasks) > MAX_TASKS:
        raise GraphInvalid(f"tasks: at most {MAX_TASKS} tasks make a job.", field="tasks")
    planned = tuple(_planned(task, f"tasks.{i}", catalog) for i, task in enumerate(tasks))
    names = [task.name for task in planned]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise GraphInvalid(f"tasks.{i}.name: {name!r} is used twice.", field=f"tasks.{i}.name")
    joined = tuple(_route(route, f"routes.{i}", set(names)) for i, route in enumerate(routes))
    _check_acyclic(joined)
    return Plan(planned, joined)


def _planned(task: Mapping[str, Any], where: str, catalog: EngineCatalog) -> PlannedTask:
    features = tuple(task.get("features") or ())
    params = task.get("params") or {}
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
    if features:
        parameters = _feature_task(manifest, features, params, alone=True).parameters
        _check_feature_params(features, params, [manifest])
    else:
        parameters = params
        check_parameters(params, manifest.parameters, f"{where}.params")
    return PlannedTask(
        name=str(task.get("name") or manifest.id),
        engine=manifest.id,
        pool=manifest.pool,
        features=features,
        parameters=parameters,
        max_retries=int(task.get("max_retries") or 0),
    )


def _route(route: Mapping[str, Any], where: str, names: set[str]) -> PlannedRoute:
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
    return PlannedRoute(source, source_port, target, target_port)


def _check_acyclic(routes: Sequence[PlannedRoute]) -> None:
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


def plan_definition(
    definition: PipelineDefinition, params: Mapping[str, Any], catalog: EngineCatalog
) -> Plan:
    """The graph of a pipeline, with a job's own parameters over the pipeline's."""
    if definition.tasks:
        tasks = [{**task, "params": _over(task, params)} for task in definition.tasks]
        return plan_graph(tasks, definition.routes, catalog)
    merged = dict(definition.params)
    for key, value in params.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = {**old, **value}
        merged[key] = value
    return plan_features(definition.features, merged, catalog)


def _over(task: Mapping[str, Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    own = params.get(str(task.get("name") or task.get("engine")), {})
    return {**(task.get("params") or {}), **own}
