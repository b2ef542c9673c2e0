"""The OpenAPI document: what the framework derives, with our key and our problems."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from jobmill.api.schemas.problem import Problem

DESCRIPTION = """Create jobs over media and documents, watch them, get what was found.

Send an API key with every call: `Authorization: Bearer KEY`. Every refusal is a problem
(RFC 9457) with a stable `code`; what is wrong with a request is named in `field`, and what to do
about it in `fix`. Lists are `{items, next}`; give `next` as `cursor` to go on. Every answer bears
an `X-Request-Id`.
"""
_REF = "#/components/schemas/{model}"


def describe(app: FastAPI, routes: Callable[[], Sequence[BaseRoute]]) -> None:
    """Replace the app's document by ours; it is made, and the routes found, when asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(routes())
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    found = get_openapi(
        title="Jobmill",
        version=version("jobmill"),
        summary="A job server for AI over media and documents.",
        description=DESCRIPTION,
        routes=routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = found.setdefault("components", {})
    problem = Problem.model_json_schema(ref_template=_REF, mode="serialization")
    schemas = components.setdefault("schemas", {})
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key."}
    }
    found["security"] = [{"key": []}]
    return found
