"""Templates of jobs of one engine: built in, made from its manifest, filled in from a form."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.dialects.aiware.edge.mapping.reading import json_object
from jobmill.dialects.aiware.mapping.catalogue import COGNITION, engine_id, engine_kind
from jobmill.dialects.aiware.mapping.results import WRITER
from jobmill_engine.manifest import Manifest

USUAL = "default"
WITHOUT_WRITER = "engine"
NAMES = (USUAL, WITHOUT_WRITER)


def template_of(manifest: Manifest, name: str, installed: Mapping[str, Manifest]) -> dict[str, Any]:
    """A job of an engine, as `jobs` of a body has it: with an output writer behind it in the usual
    one, where that is installed and the engine finds something."""
    payload: dict[str, Any] = {}
    main = {
        "correlationTaskId": "task",
        "engineId": engine_id(manifest.id),
        "ioFolders": [{"correlationID": "found", "mode": "chunk", "type": "output"}],
        "maxRetries": 1,
        "payloadJSON": json.dumps(payload),
    }
    routes: list[dict[str, str]] = [{"taskChildId": "task"}]
    writes = engine_kind(manifest.id) == COGNITION and WRITER in installed
    if name != USUAL or not writes or manifest.features:
        return {"tasks": [main], "taskRoutes": routes}
    writer = {
        "correlationTaskId": "writer",
        "engineId": engine_id(WRITER),
        "ioFolders": [{"correlationID": "read", "mode": "chunk", "type": "input"}],
        "maxRetries": 1,
        "payloadJSON": "{}",
    }
    routes.append(
        {
            "taskParentId": "task",
            "taskParentOutputId": "found",
            "taskChildId": "writer",
            "taskChildInputId": "read",
        }
    )
    return {"tasks": [main, writer], "taskRoutes": routes}


def filled(template: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The template with what its first task works on, and how, put into that one's payload: the
    first that no other task feeds."""
    fed = {
        route.get("taskChildId")
        for route in template.get("taskRoutes") or ()
        if route.get("taskParentId") or route.get("taskParentOutputId")
    }
    tasks = list(template["tasks"])
    at = next((i for i, each in enumerate(tasks) if _name(each) not in fed), 0)
    own = json_object(tasks[at], "payloadJSON", "")
    tasks[at] = {**tasks[at], "payloadJSON": {**own, **payload}}
    return {**template, "tasks": tasks}


def _name(task: Mapping[str, Any]) -> Any:
    return task.get("correlationTaskId")


def pipeline_name(manifest: Manifest, name: str) -> str:
    """Under which pipeline a template of one's own is kept."""
    return f"{pipeline_prefix(manifest)}{name}"


def pipeline_prefix(manifest: Manifest) -> str:
    """What the pipelines of an engine's templates begin with."""
    return f"edge/{engine_id(manifest.id)}/"
