"""From a request to a graph of tasks. Pure: looks at manifests, touches nothing."""

from jobmill.core.pipelines.planning.addition import plan_route, plan_task
from jobmill.core.pipelines.planning.definition import plan_definition
from jobmill.core.pipelines.planning.features import plan_features
from jobmill.core.pipelines.planning.graph import MAX_TASKS, plan_graph
from jobmill.core.pipelines.planning.plan import Mode, Plan, PlannedRoute, PlannedTask

__all__ = [
    "MAX_TASKS",
    "Mode",
    "Plan",
    "PlannedRoute",
    "PlannedTask",
    "plan_definition",
    "plan_features",
    "plan_graph",
    "plan_route",
    "plan_task",
]
