"""Handlers of workflows, which are ordinary pipelines."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, NameTaken, PipelineNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import (
    Pipeline,
    delete_pipeline,
    get_pipeline,
    list_pipelines,
    save_pipeline,
)
from jobmill.dialects.gentoo.calls import offered_by, route
from jobmill.dialects.gentoo.mapping.create_job import EXTRAS
from jobmill.dialects.gentoo.mapping.workflows import WorkflowDraft, read_workflow, workflow_from
from jobmill.http.auth import principal_or_keyless
from jobmill.http.house import House, house_of
from jobmill.http.limits import read_json


def workflow_named(work: UnitOfWork, who: Principal, name: str) -> Pipeline:
    """The workflow's pipeline. Raises PipelineNotFound in the vendor's words."""
    try:
        return get_pipeline(work.pipelines, who, name)
    except PipelineNotFound:
        raise PipelineNotFound(
            f"There is no workflow {name!r}; create it with POST /api/ai/workflows.",
            field="workflow",
        ) from None


async def create_workflow(request: Request) -> Response:
    """`POST workflows`: keep a workflow; answers with it."""
    house, who = house_of(request), await principal_or_keyless(request)
    draft = read_workflow(await read_json(request), offered_by(house))

    def create(work: UnitOfWork) -> Pipeline:
        return _save(work, house, who, draft, None)

    return _answer(await house.database.write(create), house)


async def edit_workflow(request: Request) -> Response:
    """`PUT workflows/{name}`: change what the body names; the rest stays."""
    house, who = house_of(request), await principal_or_keyless(request)
    body, name, offered = await read_json(request), request.path_params["name"], offered_by(house)

    def edit(work: UnitOfWork) -> Pipeline:
        old = workflow_named(work, who, name)
        draft = read_workflow(body, offered, workflow_from(old, offered))
        return _save(work, house, who, draft, old)

    return _answer(await house.database.write(edit), house)


async def read_one(request: Request) -> Response:
    """`GET workflows/{name}`."""
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]
    return _answer(await house.database.read(lambda work: workflow_named(work, who, name)), house)


async def list_all(request: Request) -> Response:
    """`GET workflows`: a bare array, by name, of all pipelines that a workflow can say."""
    house, who = house_of(request), await principal_or_keyless(request)
    found = await house.database.read(lambda work: list_pipelines(work.pipelines, who))
    offered = offered_by(house)
    workflows = (workflow_from(pipeline, offered) for pipeline in found)
    return JSONResponse([each for each in workflows if each is not None])


async def delete(request: Request) -> Response:
    """`DELETE workflows/{name}`; jobs made with it stay."""
    house, who = house_of(request), await principal_or_keyless(request)
    name = request.path_params["name"]

    def remove(work: UnitOfWork) -> None:
        workflow_named(work, who, name)
        delete_pipeline(work.pipelines, who, name)

    await house.database.write(remove)
    return JSONResponse({})


def _save(
    work: UnitOfWork, house: House, who: Principal, draft: WorkflowDraft, old: Pipeline | None
) -> Pipeline:
    """Create, or edit `old`. Both the name and the index must be free."""
    for other in list_pipelines(work.pipelines, who):
        if old is not None and other.number == old.number:
            continue
        if other.name == draft.name:
            raise NameTaken(f"name: a workflow {draft.name!r} exists.", field="name")
        if other.extras.get(EXTRAS, {}).get("index") == draft.index:
            raise NameTaken(
                f"index: {draft.index} is the index of workflow {other.name!r}.", field="index"
            )
    return save_pipeline(
        work.pipelines,
        house.outside.catalog,
        who,
        draft.name if old is None else old.name,
        draft.definition,
        house.clock.now(),
        create=old is None,
        new_name=draft.name,
        description="" if old is None else old.description,
        extras=draft.extras if old is None else {**old.extras, **draft.extras},
    )


def _answer(pipeline: Pipeline, house: House) -> Response:
    workflow = workflow_from(pipeline, offered_by(house))
    if workflow is None:
        raise InvalidInput(
            f"{pipeline.name!r} is a graph of tasks, which no workflow can say; read it at "
            "/api/v1/pipelines. Jobs can be started by its name."
        )
    return JSONResponse(workflow)


WORKFLOWS = "/api/ai/workflows"
WORKFLOW_ROUTES: list[BaseRoute] = [
    route(WORKFLOWS, "POST", create_workflow),
    route(WORKFLOWS, "GET", list_all),
    route(WORKFLOWS + "/{name:path}", "GET", read_one),
    route(WORKFLOWS + "/{name:path}", "PUT", edit_workflow),
    route(WORKFLOWS + "/{name:path}", "DELETE", delete),
]
