"""Named templates of work, and the planning of any request into a graph of tasks."""

from jobmill.core.pipelines.builtin import BUILTIN, builtin_pipeline
from jobmill.core.pipelines.model import Pipeline, PipelineDefinition
from jobmill.core.pipelines.planning import (
    Mode,
    Plan,
    PlannedRoute,
    PlannedTask,
    plan_definition,
    plan_features,
    plan_graph,
    plan_route,
    plan_task,
)
from jobmill.core.pipelines.ports import PipelineStore
from jobmill.core.pipelines.program import Program
from jobmill.core.pipelines.review_spec import Agreement, OnTimeout, ReviewSpec
from jobmill.core.pipelines.service import (
    delete_pipeline,
    find_pipeline,
    get_pipeline,
    list_pipelines,
    save_pipeline,
)

__all__ = [
    "BUILTIN",
    "Agreement",
    "Mode",
    "OnTimeout",
    "Pipeline",
    "PipelineDefinition",
    "PipelineStore",
    "Plan",
    "PlannedRoute",
    "PlannedTask",
    "Program",
    "ReviewSpec",
    "builtin_pipeline",
    "delete_pipeline",
    "find_pipeline",
    "get_pipeline",
    "list_pipelines",
    "plan_definition",
    "plan_features",
    "plan_graph",
    "plan_route",
    "plan_task",
    "save_pipeline",
]
