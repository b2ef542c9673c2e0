"""Handlers of ground truth (`baselineData`): an app's, added by hand or from a job's answer."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.errors import JobNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.truths import (
    add_truth,
    add_truth_of_job,
    count_truths,
    delete_truth,
    edit_truth,
    get_truth,
    list_truths,
)
from jobmill.core.truths import GroundTruth
from jobmill.dialects.superai.apps import names_of
from jobmill.dialects.superai.calls import Call, call_of, fields_of, page_of, route
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.jobs import type_app
from jobmill.dialects.superai.mapping.pages import content_page
from jobmill.dialects.superai.mapping.reading import wrong
from jobmill.dialects.superai.mapping.truths import read_truth, truth_object
from jobmill.dialects.superai.seeing import app_id, job_named


async def create(request: Request) -> Response:
    """`POST apis/{app}/baselineData`: the right `label` for an `input`."""
    call = await call_of(request)
    said, name = read_truth(await fields_of(request)), call.path("app")
    given = said.input
    if given is None:
        raise wrong("input", "give the input that the label is right for")

    def add(work: UnitOfWork) -> dict[str, Any]:
        app = app_named(work, call.who, name)
        truth = add_truth(
            work,
            call.who,
            app.name,
            given,
            said.label,
            call.now,
            tag=said.tag,
            metadata=said.metadata,
        )
        return truth_object(truth, app.id)

    return JSONResponse(await call.house.database.write(add), 201)


async def create_of_job(request: Request) -> Response:
    """`POST apis/{app}/baselineData/job/{job}`: a completed job's answer is right."""
    call = await call_of(request)
    name, job = call.path("app"), call.path("job")

    def add(work: UnitOfWork) -> dict[str, Any]:
        app, found = app_named(work, call.who, name), job_named(work, call.who, job)
        if found.pipeline not in names_of(app):
            raise JobNotFound(f"The app {name!r} has no job {job!r}.")
        return truth_object(add_truth_of_job(work, call.who, found.number, call.now), app.id)

    return JSONResponse(await call.house.database.write(add), 201)


async def list_all(request: Request) -> Response:
    """`GET apis/{app}/baselineData`: a page of an app's, the newest first."""
    call = await call_of(request)
    (page, size), name = page_of(request), call.path("app")

    def look(work: UnitOfWork) -> tuple[list[dict[str, Any]], int]:
        app = app_named(work, call.who, name)
        tag = request.query_params.get("tag")
        found = list_truths(work, call.who, app.name, tag, limit=size, offset=page * size)
        shown = [truth_object(truth, app.id) for truth in found]
        return shown, count_truths(work, call.who, app.name, tag)

    shown, total = await call.house.database.read(look)
    return JSONResponse(content_page(shown, total, page, size))


async def read_one(request: Request) -> Response:
    """`GET baselineData/{id}`."""
    call = await call_of(request)
    name = call.path("truth")
    return JSONResponse(
        await call.house.database.read(
            lambda work: _shown(work, call, get_truth(work, call.who, name))
        )
    )


async def change(request: Request) -> Response:
    """`PATCH baselineData/{id}`: what the body names."""
    call = await call_of(request)
    name, said = call.path("truth"), read_truth(await fields_of(request))
    return JSONResponse(
        await call.house.database.write(
            lambda work: _shown(work, call, edit_truth(work, call.who, name, said, call.now))
        )
    )


async def delete(request: Request) -> Response:
    """`DELETE baselineData/{id}`: nothing is measured against it any more; it can be read."""
    call = await call_of(request)
    name = call.path("truth")
    return JSONResponse(
        await call.house.database.write(
            lambda work: _shown(work, call, delete_truth(work, call.who, name, call.now))
        )
    )


def _shown(work: UnitOfWork, call: Call, truth: GroundTruth) -> dict[str, Any]:
    app = app_id(work, call.who.organization, truth.pipeline)
    return truth_object(truth, app or type_app(truth.pipeline))


TRUTH_ROUTES = [
    route("/apis/{app}/baselineData", "POST", create),
    route("/apis/{app}/baselineData", "GET", list_all),
    route("/apis/{app}/baselineData/job/{job}", "POST", create_of_job),
    route("/baselineData/{truth}", "GET", read_one),
    route("/baselineData/{truth}", "PATCH", change),
    route("/baselineData/{truth}", "DELETE", delete),
]
