"""A task, and a route, more in a graph that runs already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jobmill.core.engines import EngineCatalog
from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines.planning.graph import (
    MAX_ROWS,
    MAX_TASKS,
    check_acyclic,
    engine_of,
    lanes_of,
    planned_task,
    route_of,
)
from jobmill.core.pipelines.planning.modes import mode_of
from jobmill.core.pipelines.planning.plan import LANE_MARK, Mode, Plan, PlannedRoute

TASK = "task"
ROUTE = "route"


def plan_task(
    asked: Mapping[str, Any],
    awaits: Mapping[str, str],
    taken: Collection[str],
    rows: int,
    catalog: EngineCatalog,
) -> Plan:
    """One task with its lanes, in the form of `plan_graph`. Raises GraphInvalid and InvalidInput.

    `awaits` are its inputs that routes will lead into, each with what that carries; `taken` the
    names of the job's tasks, of which there are `rows` with all lanes.
    """
    manifest = engine_of(asked, TASK, catalog)
    if manifest is None:
        raise GraphInvalid(
            f"{TASK}.review: people are asked by tasks that the job is made with.",
            field=f"{TASK}.review",
        )
    task = planned_task(asked, TASK, manifest, None)
    if task.name in taken or LANE_MARK in task.name:
        why = "the job has one of that name" if task.name in taken else f"{LANE_MARK!r} is in it"
        raise GraphInvalid(f"{TASK}.name: {task.name!r} cannot be used: {why}.", field="task.name")
    if task.input is not None and "in" in awaits:
        raise GraphInvalid(
            f"{TASK}.input: a route shall lead into its port 'in'; name one of them.",
            field="task.input",
        )
    coming = [PlannedRoute("", "", task.name, port, Mode(mode)) for port, mode in awaits.items()]
    task = replace(task, mode=mode_of(coming, manifest.modes, f"{TASK}.engine"))
    lanes = tuple(lanes_of(asked, task, TASK))
    if len(taken) >= MAX_TASKS or rows + 1 + len(lanes) > MAX_ROWS:
        raise GraphInvalid(f"{TASK}: at most {MAX_TASKS} tasks make a job.", field=TASK)
    return Plan((task,), lanes=lanes)


def plan_route(
    asked: Mapping[str, Any], names: Collection[str], standing: Sequence[PlannedRoute]
) -> PlannedRoute:
    """One route more between tasks of these names. Raises GraphInvalid."""
    route = route_of(asked, ROUTE, set(names))
    check_acyclic((*standing, route))
    return route
