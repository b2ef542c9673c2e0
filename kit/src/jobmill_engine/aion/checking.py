"""Does a document keep to AION, and to the contracts that it names? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobmill_engine.aion.format import (
    AION,
    CONTRACTS,
    EMOTIONS,
    ITEM,
    MEDIA,
    PREAMBLE,
    RESULT,
    SENTIMENT,
)
from jobmill_engine.aion.shapes import List, Problem, Record, Shape, Text, problem

_INDEX = ("page", "paragraph", "sentence")


def validate_aion(document: Any) -> tuple[bool, list[Problem], dict[str, Any]]:
    """Whether it is valid, what is wrong with it, and what of it is known.

    It must be AION, and fulfil every contract that it names and that is known here. `processed` is
    the document without the root's unknown keys; empty if it is not valid.
    """
    problems = AION(document, "")
    if not problems:
        named = document.get("validationContracts", ())
        for contract in (each for each in CONTRACTS if each in named):
            problems += contract_errors(document, contract)
    if problems:
        return False, _distinct(problems), {}
    return True, [], {name: document[name] for name in document if name in AION.keys}


def contract_errors(document: Any, contract: str) -> list[Problem]:
    """What keeps a document from fulfilling one contract (one of `CONTRACTS`)."""
    found = _ROOTS[contract](document, "")
    named = document.get("validationContracts") if isinstance(document, Mapping) else None
    if isinstance(named, list) and contract not in named:
        found.append(problem(".validationContracts", "contains", "should contain a valid item"))
    return found


def _each(*shapes: Shape) -> Shape:
    """All rules of several shapes."""
    return lambda given, place: [found for shape in shapes for found in shape(given, place)]


def _root(keys: Mapping[str, Shape], *required: str, any_of: tuple[str, ...] = ()) -> Shape:
    return Record({**PREAMBLE, **keys}, required=("validationContracts", *required), any_of=any_of)


def _objects(kind: str, *required: str, any_of: tuple[str, ...] = ()) -> Shape:
    """An object that is of one type, and says something."""
    return _each(RESULT, Record({"type": Text((kind,))}, required=required, any_of=any_of))


def _in_series(shape: Shape) -> Shape:
    alone = _each(shape, Record(absent=_INDEX))
    return List(_each(ITEM, Record({"object": alone}, required=("object",))))


def _best_path(given: Any, place: str) -> list[Problem]:
    """Of several readings one is the best."""
    if not isinstance(given, list) or len(given) < 2:
        return []
    best = sum(isinstance(each, Mapping) and each.get("bestPath") is True for each in given)
    message = "should have one and only one bestPath"
    return [] if best == 1 else [problem(place, "requireBestPath", message)]


def _felt(document: Any, place: str) -> list[Problem]:
    """The file has a sentiment, or each of its objects has."""
    if not isinstance(document, Mapping) or "sentiment" in document or "emotions" in document:
        return []
    objects = document.get("object")
    if isinstance(objects, list) and all(
        isinstance(each, Mapping) and ("sentiment" in each or "emotions" in each)
        for each in objects
    ):
        return []
    return [problem(place, "anyOf", "should have a sentiment or emotions, or objects with them")]


_TEXT, _ANOMALY = _objects("text", "text"), _objects("anomaly")
_OBJECT = _each(_objects("object"), Record(absent=_INDEX))
_TIMED_OR_NOT = ("object", "series")

_ROOTS: Mapping[str, Shape] = {
    "transcript": _root(
        {"series": List(_each(ITEM, Record({"words": _best_path}, required=("words",))))}, "series"
    ),
    "text": _root({"object": List(_TEXT), "series": _in_series(_TEXT)}, any_of=_TIMED_OR_NOT),
    "anomaly": _root(
        {"object": List(_ANOMALY), "series": _in_series(_ANOMALY)}, any_of=_TIMED_OR_NOT
    ),
    "object": _root({"object": List(_OBJECT), "series": _in_series(_OBJECT)}, any_of=_TIMED_OR_NOT),
    "keyword": _root({"object": List(_objects("keyword", "label"))}, "object"),
    "entity": _root(
        {"object": List(_objects("namedEntity", any_of=("label", "entityId")))}, "object"
    ),
    "concept": _root({"object": List(_objects("concept", "objectCategory"))}, "object"),
    "sentiment": _each(
        _root({"sentiment": SENTIMENT, "emotions": EMOTIONS, "object": List(RESULT)}), _felt
    ),
    "language": _root({}, "language"),
    "summary": _root({"summary": Text()}, "summary"),
    "media-translated": _root(
        {"media": List(_each(MEDIA, Record(required=("language",))))}, "media"
    ),
}


def _distinct(problems: list[Problem]) -> list[Problem]:
    return [each for number, each in enumerate(problems) if each not in problems[:number]]
