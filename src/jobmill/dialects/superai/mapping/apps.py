"""Apps: a pipeline in the vendor's words, and the bodies that make and change one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jobmill.core.pipelines import Pipeline, PipelineDefinition, Program
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.jobs import EXTRAS
from jobmill.dialects.superai.mapping.reading import object_of, text_of, wrong
from jobmill.dialects.superai.mapping.times import day_of

STATUS, CALLBACK, TEMPLATE, FORMER = "status", "callbackUrl", "templateName", "formerNames"
KEPT = ("appMetrics", "settings", "metadata", "projectName", "visibility", "selectedWorkflow")
"""What is kept as it was sent and changes nothing here."""
ROUTER = ".router"
FORMAT = "superai"
"""The name of the vendor's form of callbacks."""


@dataclass(frozen=True, slots=True)
class AppDraft:
    """What a body says of an app; None leaves it. `kept` are words of the vendor's own."""

    name: str | None = None
    template: str | None = None
    description: str | None = None
    params: Mapping[str, Any] | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)


def read_app(body: Mapping[str, Any]) -> AppDraft:
    """Read the body of a new or changed app. Raises InvalidInput."""
    given = body.get("appParams")
    kept = {key: body[key] for key in KEPT if key in body}
    if CALLBACK in body:
        kept[CALLBACK] = text_of(body[CALLBACK], CALLBACK) or None
    if STATUS in body:
        if body[STATUS] not in vendor.APP_STATUSES:
            raise wrong(STATUS, f"write {' or '.join(vendor.APP_STATUSES)}")
        kept[STATUS] = body[STATUS]
    return AppDraft(
        name=text_of(body.get("appName", body.get("name")), "appName"),
        template=text_of(body.get(TEMPLATE), TEMPLATE),
        description=text_of(body.get("description"), "description"),
        params=None if given is None else object_of(given, "appParams"),
        kept=kept,
    )


def with_params(
    definition: PipelineDefinition, params: Mapping[str, Any] | None
) -> PipelineDefinition:
    """A definition with an app's own parameters laid over its defaults, task by task."""
    if not params:
        return definition
    merged = {**definition.params}
    for task, given in params.items():
        old = merged.get(task)
        if isinstance(old, Mapping) and isinstance(given, Mapping):
            given = {**old, **given}
        merged[task] = given
    return replace(definition, params=merged)


def with_callback(program: Program | None, kept: Mapping[str, Any]) -> Program | None:
    """A program that calls back where the app says, in the vendor's form."""
    if program is None or CALLBACK not in kept:
        return program
    return replace(program, callback_url=kept[CALLBACK], callback_format=FORMAT)


def template_names(said: str) -> tuple[str, ...]:
    """What a template's name may mean: the vendor's end in `.router` or the name of a workflow."""
    return (said, said.removesuffix(ROUTER), said.rpartition(".")[0] or said)


def kept_of(app: Pipeline) -> Mapping[str, Any]:
    """The vendor's own words on an app."""
    kept: Mapping[str, Any] = app.extras.get(EXTRAS, {})
    return kept


def app_object(app: Pipeline, owner: int) -> dict[str, Any]:
    """An app. `owner` is the organization's number: apps are everybody's of an organization."""
    kept, program = kept_of(app), app.program
    steps = [str(task["name"]) for task in app.definition.tasks] or [*app.definition.features]
    workflows = [f"{app.name}.{step}" for step in steps]
    return {
        "uuid": app.id,
        "name": app.name,
        "appName": app.name,
        "description": app.description,
        "status": kept.get(STATUS) or vendor.ENABLED,
        "created": day_of(app.created_at),
        "updated": day_of(app.updated_at),
        "templateName": kept.get(TEMPLATE) or f"{app.name}{ROUTER}",
        "projectName": kept.get("projectName") or app.name,
        "dpWorkflows": workflows,
        "selectedWorkflow": selected_of(app),
        "appParams": dict(app.definition.params),
        "appMetrics": kept.get("appMetrics"),
        "callbackUrl": kept.get(CALLBACK) if program is None else program.callback_url,
        "inputSchema": {} if program is None else dict(program.input_schema),
        "inputUiSchema": _ui(program, "input"),
        "outputSchema": {} if program is None else dict(program.output_schema),
        "outputUiSchema": _ui(program, "output"),
        "settings": kept.get("settings") or {},
        "metadata": kept.get("metadata"),
        "visibility": kept.get("visibility") or "PRIVATE",
        "ownerId": owner,
        "ownerType": "ORGANIZATION",
        "role": "OWNER",
    }


def _ui(program: Program | None, side: str) -> Any:
    """The hints of one side, where a program tells them apart; else those of the input."""
    ui = {} if program is None else dict(program.ui)
    if "input" in ui or "output" in ui:
        return ui.get(side) or {}
    return ui if side == "input" else {}


def selected_of(app: Pipeline) -> str:
    """The workflow that runs: a pipeline has one."""
    return str(kept_of(app).get("selectedWorkflow") or f"{app.name}{ROUTER}")
