"""From features to a graph: those of one engine become one task and share one decode."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.engines import EngineCatalog, check_parameters, engine_of_feature
from jobmill.core.errors import InvalidInput
from jobmill.core.pipelines.planning.modes import mode_of
from jobmill.core.pipelines.planning.plan import Plan, PlannedTask
from jobmill.core.results import Alarm, alarms_from
from jobmill.core.results.alarms import ALARMS_SCHEMA
from jobmill_engine.manifest import Manifest

SHARED_PARAMETERS = ("segments",)
ALARMS = "alarms"


def plan_features(
    features: Sequence[str],
    params: Mapping[str, Any],
    catalog: EngineCatalog,
    *,
    field_name: str = "features",
    check: bool = True,
    pool: str | None = None,
) -> Plan:
    """One task per engine that offers the features: they share one decode of the input.

    `params` maps features to their parameters; `segments` goes to every engine, and `alarms` are
    the job's own: what the results must not show. `pool` stands for the engines' own.
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
        check_feature_params(features, params, engines.values())
    return Plan(
        tuple(
            feature_task(engines[engine], tuple(group), params, pool, alone=len(groups) == 1)
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


def feature_task(
    manifest: Manifest,
    features: tuple[str, ...],
    params: Mapping[str, Any],
    pool: str | None = None,
    *,
    alone: bool,
) -> PlannedTask:
    """The task of some features of one engine."""
    shared = {key: params[key] for key in SHARED_PARAMETERS if key in params}
    own = {feature: params[feature] for feature in features if params.get(feature)}
    return PlannedTask(
        name=manifest.id,
        engine=manifest.id,
        pool=pool or manifest.pool,
        features=features,
        parameters={**shared, **own},
        required=alone,
        mode=mode_of((), manifest.modes, manifest.id),
    )


def check_feature_params(
    features: Sequence[str], params: Mapping[str, Any], manifests: Any
) -> None:
    """Raise InvalidInput for parameters that are of none of the features, or wrong."""
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
