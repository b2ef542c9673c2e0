"""Handlers of engines: list, show, categories."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from jobmill.core.engines.service import list_engines
from jobmill.core.errors import EngineNotFound, NotFound
from jobmill.dialects.aiware.edge.call import call_of, page_in, route, word_in
from jobmill.dialects.aiware.edge.lists import list_answer
from jobmill.dialects.aiware.edge.mapping.engines import (
    categories_in_use,
    category_detail,
    engine_detail,
    engine_type,
    output_type,
)
from jobmill.dialects.aiware.edge.schema import ENGINE_STATES, ENGINE_TYPES
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.catalogue import category_of, engine_named
from jobmill_engine.manifest import Manifest

FORMATS = ("array", "envelope")


async def list_all(request: Request) -> Response:
    """`GET admin/engines`: a bare array; a page in an object with `?format=envelope`."""
    call = await call_of(request)
    every = [each for each in list_engines(call.catalog, call.who) if _wanted(request, call, each)]
    if word_in(request, "format", FORMATS, FORMATS[0]) == "envelope":
        offset, limit = page_in(request)
        page = [engine_detail(each) for each in every[offset : offset + limit]]
        return list_answer(request, page, len(every))
    offset, limit = page_in(request, usual=len(every))
    return JSONResponse([engine_detail(each) for each in every[offset : offset + limit]])


def _wanted(request: Request, call: Call, manifest: Manifest) -> bool:
    """Whether the filters of the query let an engine through."""
    given = request.query_params
    name, category, ids = given.get("engineName"), given.get("engineCategoryID"), _ids(request)
    if name and name.lower() not in manifest.name.lower():
        return False
    if category and category.lower() != category_of(manifest).id:
        return False
    if ids and not any(engine_named(each, call.catalog.manifests()) == manifest.id for each in ids):
        return False
    for key, own in (("engineType", engine_type), ("engineOutputType", output_type)):
        asked = word_in(request, key, ENGINE_TYPES, "any")
        if asked not in ("any", own(manifest)):
            return False
    return word_in(request, "engineState", ENGINE_STATES, "active") == "active"


def _ids(request: Request) -> Sequence[str]:
    given = request.query_params.get("engineIDs", "")
    return [each.strip() for each in given.split(",") if each.strip()]


async def detail(request: Request) -> Response:
    """`GET admin/engine/{id}/detail`."""
    call = await call_of(request)
    manifest = engine_of(call, request.path_params["engine"])
    return JSONResponse({"result": engine_detail(manifest), "success": True})


def engine_of(call: Call, text: str) -> Manifest:
    """The engine of an id of the vendor or of ours. Raises EngineNotFound."""
    installed = {each.id: each for each in list_engines(call.catalog, call.who)}
    found = engine_named(text, installed)
    if found is None or found not in installed:
        raise EngineNotFound(
            f"There is no engine {text!r}; GET /admin/engines lists those that are installed.",
            objectId=text,
            objectType="Engine",
        )
    return installed[found]


async def categories(request: Request) -> Response:
    """`GET admin/engine/categories`: those that an installed engine is of."""
    call = await call_of(request)
    installed = {each.id: each for each in list_engines(call.catalog, call.who)}
    found = [category_detail(each) for each in categories_in_use(installed)]
    return JSONResponse({"result": found, "success": True})


async def category(request: Request) -> Response:
    """`GET admin/engine/category/{id}/detail`."""
    call, ident = await call_of(request), request.path_params["category"]
    installed = {each.id: each for each in list_engines(call.catalog, call.who)}
    for each in categories_in_use(installed):
        if each.id == ident.lower():
            return JSONResponse({"result": category_detail(each), "success": True})
    raise NotFound(f"No installed engine is of a category {ident!r}.")


ENGINE_ROUTES: list[BaseRoute] = [
    route("/admin/engines", "GET", list_all),
    route("/admin/engine/categories", "GET", categories),
    route("/admin/engine/category/{category}/detail", "GET", category),
    route("/admin/engine/{engine}/detail", "GET", detail),
]
