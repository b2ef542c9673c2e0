"""Handlers of templates: what the house makes of an engine, and those that users keep.

A kept template is a pipeline of the organization, with the words of Edge beside its graph.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.errors import Conflict, InvalidInput, NotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import (
    PipelineDefinition,
    delete_pipeline,
    list_pipelines,
    save_pipeline,
)
from jobmill.dialects.aiware.edge.call import call_of, route
from jobmill.dialects.aiware.edge.engines import engine_of
from jobmill.dialects.aiware.edge.lists import around_of
from jobmill.dialects.aiware.edge.mapping.create_job import read_edge_job
from jobmill.dialects.aiware.edge.mapping.reading import mapping, refused
from jobmill.dialects.aiware.edge.mapping.templates import (
    NAMES,
    pipeline_name,
    pipeline_prefix,
    template_of,
)
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.catalogue import engine_id
from jobmill.dialects.aiware.mapping.create_job import EXTRAS
from jobmill.http.limits import read_json
from jobmill_engine.manifest import Manifest

EVERY = "*"
LONGEST = 100
Templates = Mapping[str, Mapping[str, Any]]


def own_templates(work: UnitOfWork, call: Call, manifest: Manifest) -> Templates:
    """The templates that the organization keeps for an engine, by name."""
    prefix = pipeline_prefix(manifest)
    return {
        pipeline.name.removeprefix(prefix): pipeline.extras[EXTRAS]["template"]
        for pipeline in list_pipelines(work.pipelines, call.who)
        if pipeline.name.startswith(prefix) and EXTRAS in pipeline.extras
    }


def find_template(
    work: UnitOfWork, call: Call, manifest: Manifest, name: str
) -> Mapping[str, Any] | None:
    """A template by its name."""
    if name in NAMES:
        return template_of(manifest, name, call.catalog.manifests())
    return own_templates(work, call, manifest).get(name)


async def show(request: Request) -> Response:
    """`GET engine/{id}/template/{name}`: a template; `*` shows all of the engine's."""
    call = await call_of(request)
    manifest, name = engine_of(call, request.path_params["engine"]), request.path_params["name"]
    installed = call.catalog.manifests()

    def look(work: UnitOfWork) -> tuple[Templates, str]:
        return own_templates(work, call, manifest), around_of(work, call).organization

    own, organization = await call.house.database.read(look)
    every = {**{each: template_of(manifest, each, installed) for each in NAMES}, **own}
    if name != EVERY and name not in every:
        raise NotFound(f"There is no template {name!r}; there are {' and '.join(every)}.")
    found = [
        _shown(manifest, each, {"internalOrganizationID": organization, **every[each]})
        for each in every
        if name in (EVERY, each)
    ]
    return JSONResponse({"templates": found})


async def keep(request: Request) -> Response:
    """`POST engine/{id}/template/{name}`: make a template, or write it anew."""
    call = await call_of(request)
    manifest, name = engine_of(call, request.path_params["engine"]), request.path_params["name"]
    _check_name(name)
    body = mapping(await read_json(request), "body")
    for key, own in (
        ("templateName", (name,)),
        ("engineID", (manifest.id, engine_id(manifest.id))),
    ):
        if body.get(key) not in (None, "", *own):
            raise refused(key, f"the path says {own[-1]}")
    template = mapping(body.get("template"), "template")
    asked = read_edge_job(template, "template.", call.catalog.manifests(), call.now).asked
    definition = PipelineDefinition(
        tasks=tuple(task.spec for task in asked.tasks), routes=asked.routes
    )
    place = pipeline_name(manifest, name)

    def save(work: UnitOfWork) -> Mapping[str, Any]:
        create = name not in own_templates(work, call, manifest)
        kept = {**template, "internalOrganizationID": around_of(work, call).organization}
        extras, pipelines, catalog = {EXTRAS: {"template": kept}}, work.pipelines, call.catalog
        save_pipeline(
            pipelines, catalog, call.who, place, definition, call.now, create=create, extras=extras
        )
        return kept

    return JSONResponse(_shown(manifest, name, await call.house.database.write(save)))


def _check_name(name: str) -> None:
    if name in NAMES:
        raise Conflict(f"The template {name} is built in; take another name.")
    if name == EVERY or not name.isprintable() or len(name) > LONGEST:
        raise InvalidInput(
            f"templateName: give 1 to {LONGEST} letters, and not {EVERY}.", field="templateName"
        )


async def delete(request: Request) -> Response:
    """`DELETE engine/{id}/template/{name}`: forget one; answers what it was."""
    call = await call_of(request)
    manifest, name = engine_of(call, request.path_params["engine"]), request.path_params["name"]
    _check_name(name)

    def act(work: UnitOfWork) -> Mapping[str, Any]:
        template = own_templates(work, call, manifest).get(name)
        if template is None:
            raise NotFound(f"There is no template {name!r}.")
        delete_pipeline(work.pipelines, call.who, pipeline_name(manifest, name))
        return template

    template = await call.house.database.write(act)
    return JSONResponse(_shown(manifest, name, template))


def _shown(manifest: Manifest, name: str, template: Mapping[str, Any]) -> dict[str, Any]:
    return {"engineID": engine_id(manifest.id), "templateName": name, "template": dict(template)}


TEMPLATE = "/engine/{engine}/template/{name}"
TEMPLATE_ROUTES: list[BaseRoute] = [
    route(TEMPLATE, "GET", show),
    route(TEMPLATE, "POST", keep),
    route(TEMPLATE, "DELETE", delete),
]
