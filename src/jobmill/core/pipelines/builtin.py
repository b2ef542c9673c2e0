"""Pipelines that every organization has by name: document jobs and programs, as data. An
organization's own pipeline of the same name stands before the built-in one.

A job's `params` are laid over the tasks by name: `{"points": {"taxonomy": …}, "mapping":
{"threshold": 0.8}}`. Those of a review are its settings.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jobmill.core.ids import OrganizationNumber
from jobmill.core.pipelines.builtin_programs import PROGRAMS
from jobmill.core.pipelines.model import Pipeline, PipelineDefinition
from jobmill.core.pipelines.program import Program

Task = Mapping[str, Any]
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
READ, ZONES, POINTS, TERMS, WRITE = "read", "zones", "points", "terms", "write"
ZONING, MAPPING, INDEXING = "zoning", "mapping", "indexing"
"""Steps of people: names of the review tasks, and of the roles of those who answer."""
QUESTIONS = {
    ZONING: "Are all texts, tables and images found, and in reading order?",
    MAPPING: "Is every data point right, and is none missing?",
    INDEXING: "Do these terms say what the document is about?",
}


def _form(key: str, *needed: str, **more: Any) -> Task:
    """The least that an edited document must be, so that the work behind it can begin."""
    item = {"type": "object", "required": list(needed), **more}
    properties = {key: {"type": "array", "items": item}}
    return {"type": "object", "required": [key], "properties": properties}


def _where(kind: str, value: Task, otherwise: Task) -> Task:
    named = {"required": ["type"], "properties": {"type": {"const": kind}}}
    return {"if": named, "then": {"properties": {"value": value}}, "else": otherwise}


_SUM = {
    "required": ["amount"],
    "properties": {
        "amount": {"type": "string", "minLength": 1},
        "currency": {"type": ["string", "null"]},
    },
}
_ANY = {
    "properties": {"value": {"type": ["string", "number", "boolean", "null", "object"], **_SUM}}
}
_VALUES = _where(
    "money",
    {"type": ["object", "null"], **_SUM},
    _where("number", {"type": ["number", "null"]}, _ANY),
)
"""A value is of the type that its point names; one that people add may name none."""
FORMS = {
    ZONING: _form("zones", "id"),
    MAPPING: _form("points", "key", "value", **_VALUES),
    INDEXING: _form("terms", "label"),
}

_FIRST = ({"name": READ, "engine": "document-reader"}, {"name": ZONES, "engine": "document-zones"})
_WRITE = {"name": WRITE, "engine": "document-writer"}


def _review(step: str) -> Task:
    asked = {"step": step, "threshold": 1.0, "question": QUESTIONS[step], "form": FORMS[step]}
    return {"name": step, "review": asked}


def _chain(*names: str) -> list[Task]:
    return [{"from": a, "to": b} for a, b in pairwise(names)]


def _reviewed(middle: str, engine: str, step: str) -> PipelineDefinition:
    """What a machine finds in the zones that people have looked at, and people look at again."""
    return PipelineDefinition(
        tasks=(*_FIRST, _review(ZONING), {"name": middle, "engine": engine}, _review(step), _WRITE),
        routes=(
            *_chain(READ, ZONES, ZONING, middle, step),
            {"from": step, "to": WRITE},
            {"from": ZONING, "to": f"{WRITE}.zones"},
        ),
    )


_CONVERSION = PipelineDefinition(
    tasks=(*_FIRST, _WRITE),
    routes=(*_chain(READ, ZONES), {"from": ZONES, "to": f"{WRITE}.zones"}),
)

BUILTIN: Mapping[str, tuple[str, PipelineDefinition, Program | None]] = MappingProxyType(
    {
        "data-point-extraction": (
            "Find the data points of a taxonomy in a document; people confirm zones and points.",
            _reviewed(POINTS, "data-points", MAPPING),
            None,
        ),
        "indexing": (
            "Find the keywords of a taxonomy in a document; people confirm zones and keywords.",
            _reviewed(TERMS, "document-terms", INDEXING),
            None,
        ),
        "doc2xml": ("Convert a document to XML: its texts, tables and images.", _CONVERSION, None),
        "pdf2xml": ("Convert a PDF to XML: its texts, tables and images.", _CONVERSION, None),
        **PROGRAMS,
    }
)
"""Description, definition and (where its jobs have a typed input) program, by name."""


def builtin_pipeline(organization: OrganizationNumber, name: str) -> Pipeline | None:
    """The built-in pipeline of this name, as the organization sees it."""
    if name not in BUILTIN:
        return None
    description, definition, program = BUILTIN[name]
    ident = str(uuid5(NAMESPACE_URL, f"jobmill:pipeline:{name}"))
    return Pipeline(
        0, ident, organization, name, 1, description, definition, SINCE, SINCE, program=program
    )
