"""From a pipeline's definition to a graph, with a job's own parameters over the pipeline's."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.engines import EngineCatalog
from jobmill.core.pipelines.model import PipelineDefinition
from jobmill.core.pipelines.planning.features import plan_features
from jobmill.core.pipelines.planning.graph import plan_graph
from jobmill.core.pipelines.planning.plan import Plan


def plan_definition(
    definition: PipelineDefinition,
    params: Mapping[str, Any],
    catalog: EngineCatalog,
    *,
    pool: str | None = None,
) -> Plan:
    """The graph of a pipeline; `pool` is that of tasks which name none."""
    if definition.tasks:
        tasks = [{**task, "params": _over(task, params)} for task in definition.tasks]
        return plan_graph(tasks, definition.routes, catalog, pool=pool)
    merged = dict(definition.params)
    for key, value in params.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = {**old, **value}
        merged[key] = value
    return plan_features(definition.features, merged, catalog, pool=pool)


def _over(task: Mapping[str, Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    review = task.get("review") or {}
    own = params.get(str(task.get("name") or task.get("engine") or review.get("step")), {})
    return {**(task.get("params") or {}), **own}
