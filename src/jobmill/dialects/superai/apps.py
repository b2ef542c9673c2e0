"""Handlers of apps, which are pipelines: an organization's own, and those that are built in."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Right
from jobmill.core.accounts.service.me import who_am_i
from jobmill.core.errors import InvalidInput, JobmillError, NotAllowed, NotFound, PipelineNotFound
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import Pipeline, find_pipeline, list_pipelines, save_pipeline
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.calls import Call, call_of, chosen, fields_of, page_of, route, words
from jobmill.dialects.superai.finding import app_named
from jobmill.dialects.superai.mapping.apps import (
    CALLBACK,
    FORMAT,
    FORMER,
    STATUS,
    TEMPLATE,
    AppDraft,
    app_object,
    kept_of,
    read_app,
    selected_of,
    template_names,
    with_callback,
    with_params,
)
from jobmill.dialects.superai.mapping.jobs import EXTRAS
from jobmill.dialects.superai.mapping.pages import pages_of
from jobmill.dialects.superai.mapping.reading import wrong


def callback_of_app(app: Pipeline) -> str | None:
    """Where all jobs of an app call back, unless they name another address; None where the app's
    program says it."""
    return None if app.program is not None else batches_told_of(app)


def batches_told_of(app: Pipeline) -> str | None:
    """Where an app calls back about its batches."""
    if (program := app.program) is not None:
        return program.callback_url if program.callback_format == FORMAT else None
    found = kept_of(app).get(CALLBACK)
    return found if isinstance(found, str) else None


def names_of(app: Pipeline) -> tuple[str, ...]:
    """The name under which its jobs were made, and those that it had before."""
    return (app.name, *(str(each) for each in kept_of(app).get(FORMER, ())))


async def list_apps(request: Request) -> Response:
    """`GET apps`: the newest first; `?statusIn=`, `?sortBy=` and `?orderBy=`."""
    call = await call_of(request)
    (page, size), wanted = page_of(request), words(request, "statusIn")
    by_name = chosen(request, "sortBy", "created", vendor.APP_SORTS) == "name"
    descending = chosen(request, "orderBy", "desc", vendor.ORDERS) == "desc"
    every = await call.house.database.read(
        lambda work: list_pipelines(work.pipelines, call.who, builtin=True)
    )
    archived = [app for app in every if _status(app) == vendor.DISABLED]
    found = [app for app in every if not wanted or _status(app) in wanted]
    found.sort(key=lambda app: app.name if by_name else app.created_at, reverse=descending)
    shown = [_shown(call, app) for app in found[page * size : (page + 1) * size]]
    more = {**pages_of(len(found), page, size), "totalArchivedApps": len(archived)}
    return JSONResponse({"apps": shown, **more})


async def list_organization(request: Request) -> Response:
    """`GET organizations/{organization}/apps`: the caller's own organization has the same apps."""
    call = await call_of(request)
    await _check_organization(call, call.path("organization"))
    return await list_apps(request)


async def read_app_of(request: Request) -> Response:
    """`GET apps/{app}`."""
    call = await call_of(request)
    name = call.path("app")
    app = await call.house.database.read(lambda work: app_named(work, call.who, name))
    return JSONResponse(_shown(call, app))


async def read_plan(request: Request) -> Response:
    """`GET apps/{app}/selected_plan`: the workflow that the app's jobs run."""
    call = await call_of(request)
    name = call.path("app")
    app = await call.house.database.read(lambda work: app_named(work, call.who, name))
    return JSONResponse({"selectedWorkflow": selected_of(app), "qualifiedName": selected_of(app)})


async def create_app(request: Request) -> Response:
    """`POST apps`: an app of its own that does what another one (its template) does."""
    call = await call_of(request)
    call.who.require(Right.PIPELINES_WRITE)
    if org := request.query_params.get("org"):
        await _check_organization(call, org)
    draft = _read_draft(call, await fields_of(request))
    if not draft.template:
        raise wrong(TEMPLATE, 'name the app that this one is made of, such as "transcription"')

    def make(work: UnitOfWork) -> Pipeline:
        template = _template(work, call, draft.template or "")
        kept = {**draft.kept, TEMPLATE: draft.template}
        return save(work, call, draft.name or template.name, template, draft, kept, create=True)

    return JSONResponse(_shown(call, await call.house.database.write(make)), 201)


async def change_app(request: Request) -> Response:
    """`PATCH apps/{app}`: what the body names."""
    call = await call_of(request)
    name, draft = call.path("app"), _read_draft(call, await fields_of(request))

    def change(work: UnitOfWork) -> Pipeline:
        app = app_named(work, call.who, name)
        if app.number == 0:
            raise NotAllowed(
                f"{app.name!r} is built in and stays as it is; make an app of it: POST apps with "
                f'{{"templateName": "{app.name}", "appName": …}}.'
            )
        former = [each for each in names_of(app) if each != draft.name] if draft.name else None
        kept = {**kept_of(app), **draft.kept, **({FORMER: former} if former else {})}
        return save(work, call, app.name, app, draft, kept, create=False)

    return JSONResponse(_shown(call, await call.house.database.write(change)))


def save(
    work: UnitOfWork,
    call: Call,
    name: str,
    base: Pipeline,
    draft: AppDraft,
    kept: Mapping[str, Any],
    *,
    create: bool,
) -> Pipeline:
    """Write an app: what the draft leaves out is the base's."""
    said = draft.description
    try:
        return save_pipeline(
            work.pipelines,
            call.house.outside.catalog,
            call.who,
            name,
            with_params(base.definition, draft.params),
            call.now,
            create=create,
            new_name=None if create else draft.name,
            description=base.description if said is None else said,
            extras={**base.extras, EXTRAS: dict(kept)},
            program=with_callback(base.program, draft.kept),
        )
    except JobmillError as error:
        if error.field == "name":
            error.field = "appName"
            error.message = error.message.replace("name: ", "appName: ", 1)
        raise


def _read_draft(call: Call, body: Mapping[str, Any]) -> AppDraft:
    """The body of an app. An address that cannot be called is refused here, not at each job."""
    draft = read_app(body)
    if (url := draft.kept.get(CALLBACK)) is not None:
        try:
            call.house.outside.mailroom.check(url)
        except InvalidInput as error:
            error.field, error.message = CALLBACK, f"{CALLBACK}: {error.message}"
            raise
    return draft


def _template(work: UnitOfWork, call: Call, said: str) -> Pipeline:
    for name in template_names(said):
        found = find_pipeline(work.pipelines, call.who.organization, name)
        if found is not None:
            return found
    raise PipelineNotFound(
        f"{TEMPLATE}: there is no app or template {said!r}; GET apps lists them.", field=TEMPLATE
    )


def _status(app: Pipeline) -> str:
    return str(kept_of(app).get(STATUS) or vendor.ENABLED)


def _shown(call: Call, app: Pipeline) -> dict[str, Any]:
    return app_object(app, call.who.organization)


async def _check_organization(call: Call, said: str) -> None:
    own = await call.house.database.read(lambda work: who_am_i(work.accounts, call.who))
    found = own.organization
    if said not in (found.id, found.name, str(found.number)):
        raise NotFound(f"There is no organization {said!r} that this key belongs to.")


APP_ROUTES = [
    route("/apps", "GET", list_apps),
    route("/apps", "POST", create_app),
    route("/apps/{app}", "GET", read_app_of),
    route("/apps/{app}", "PATCH", change_app),
    route("/apps/{app}/selected_plan", "GET", read_plan),
    route("/organizations/{organization}/apps", "GET", list_organization),
]
