"""Pipelines: create, get, edit, delete, list."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Header, Response

from jobmill.api.answers import LOCATION, VERSION, WITH_BODY, answer, problems
from jobmill.api.pipeline_names import NAME
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.resources import (
    CreatePipeline,
    EditPipeline,
    Pipeline,
    PipelinePage,
    PipelineSpec,
)
from jobmill.core.errors import InvalidInput
from jobmill.core.pipelines import Pipeline as CorePipeline
from jobmill.core.pipelines import (
    PipelineDefinition,
    Program,
    delete_pipeline,
    get_pipeline,
    list_pipelines,
    save_pipeline,
)

router = native_router("pipelines")
ONE = f"/pipelines/{{{NAME}}}"
VERSION_DIGITS = 18


@router.post(
    "/pipelines",
    status_code=201,
    summary="Create a pipeline",
    responses={**answer(201, "The pipeline.", LOCATION, VERSION), **problems(*WITH_BODY, 409)},
)
async def create_pipeline(
    body: CreatePipeline, response: Response, house: TheHouse, who: Caller
) -> Pipeline:
    """Keep a list of features, or a graph of tasks, under a name."""
    definition, program, now = _definition(body), _program(body), house.clock.now()
    made = await house.database.write(
        lambda work: save_pipeline(
            work.pipelines,
            house.outside.catalog,
            who,
            body.name,
            definition,
            now,
            create=True,
            description=body.description,
            program=program,
        )
    )
    response.headers["Location"] = f"{PREFIX}/pipelines/{quote(made.name, safe='')}"
    return _shown(made, response)


@router.get("/pipelines", summary="List pipelines", responses=problems())
async def read_pipelines(house: TheHouse, who: Caller) -> PipelinePage:
    """All pipelines, by name, with the built-in ones."""
    found = await house.database.read(
        lambda work: list_pipelines(work.pipelines, who, builtin=True)
    )
    return PipelinePage(items=[Pipeline.of(pipeline) for pipeline in found], next=None)


@router.get(
    ONE,
    summary="Get a pipeline",
    responses={**answer(200, "The pipeline.", VERSION), **problems(404)},
)
async def read_pipeline(name: str, response: Response, house: TheHouse, who: Caller) -> Pipeline:
    """A pipeline by its name; `ETag` is its version."""
    found = await house.database.read(lambda work: get_pipeline(work.pipelines, who, name))
    return _shown(found, response)


@router.put(
    ONE,
    summary="Edit a pipeline",
    responses={**answer(200, "The pipeline.", VERSION), **problems(*WITH_BODY, 404, 409, 412)},
)
async def edit_pipeline(
    name: str,
    body: EditPipeline,
    response: Response,
    house: TheHouse,
    who: Caller,
    if_match: Annotated[
        str | None, Header(description="The `ETag` that was read: edit only what is unchanged.")
    ] = None,
) -> Pipeline:
    """Replace all of a pipeline; its version rises. Jobs made before keep their own graph."""
    definition, program = _definition(body), _program(body)
    version, now = _version(if_match), house.clock.now()
    edited = await house.database.write(
        lambda work: save_pipeline(
            work.pipelines,
            house.outside.catalog,
            who,
            name,
            definition,
            now,
            create=False,
            new_name=body.name,
            description=body.description,
            version=version,
            program=program,
            without_program=program is None,
        )
    )
    return _shown(edited, response)


@router.delete(
    ONE,
    status_code=204,
    response_class=Response,
    summary="Delete a pipeline",
    responses=problems(404),
)
async def remove_pipeline(name: str, house: TheHouse, who: Caller) -> None:
    """Delete a pipeline; jobs made from it keep their own graph."""
    await house.database.write(lambda work: delete_pipeline(work.pipelines, who, name))


def _definition(body: PipelineSpec) -> PipelineDefinition:
    if bool(body.features) == bool(body.tasks):
        found = "both are given" if body.tasks else "neither is given"
        raise InvalidInput(f"Give either features or tasks: {found}.", field="features")
    return body.definition()


def _program(body: PipelineSpec) -> Program | None:
    return None if body.program is None else body.program.program()


def _shown(pipeline: CorePipeline, response: Response) -> Pipeline:
    response.headers["ETag"] = f'"{pipeline.version}"'
    return Pipeline.of(pipeline)


def _version(if_match: str | None) -> int | None:
    """The version in an If-Match header; `*` and no header stand for any."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not digits.isdecimal() or not digits.isascii() or len(digits) > VERSION_DIGITS:
        raise InvalidInput("If-Match: send the ETag of the pipeline as read.", field="If-Match")
    return int(digits)
