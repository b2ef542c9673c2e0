"""What was found in a document, brought to one form: a key, a value, where it stands. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jobmill_engines.documents.given import invalid


@dataclass(frozen=True, slots=True)
class Fact:
    """`zone` and `cell` (row, column) say where in the content it stands, if anywhere."""

    key: str
    value: Any
    confidence: float | None
    zone: str | None
    cell: tuple[int, int] | None


def facts_of(document: Mapping[str, Any]) -> Iterator[Fact]:
    """Those of a document of points or of terms. Raises InputRejected."""
    for number, point in enumerate(_list(document, "points")):
        if not isinstance(point.get("key"), str) or not point["key"] or "value" not in point:
            raise invalid("points", f"/points/{number}", "lacks its key or value")
        yield Fact(point["key"], point["value"], _sure(point), _zone(point), _cell(point))
    for number, term in enumerate(_list(document, "terms"), 1):
        label = term.get("label") or term.get("key")
        if not label:
            raise invalid("terms", f"/terms/{number - 1}", "lacks its label")
        places = term.get("places") or [{}]
        yield Fact(f"keyword.{number}", label, _sure(term), _zone(places[0]), _cell(places[0]))


def as_text(value: Any) -> str:
    """A value as XML writes it: 12.50 EUR, 2024-01-31, true."""
    if isinstance(value, Mapping):
        parts = (value.get("amount"), value.get("currency"))
        return " ".join(str(part) for part in parts if part is not None)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def tree(facts: list[Fact]) -> dict[str, Any]:
    """The values by their keys: a.b is b in a, a.1 the first of a list a."""
    root: dict[str, Any] = {}
    for fact in facts:
        place = root
        *path, last = fact.key.split(".")
        for part in path:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict) or "amount" in inner:
                inner = place[part] = {"": inner}
            place = inner
        if isinstance(place.get(last), dict) and last in place:
            place[last][""] = fact.value
        else:
            place[last] = fact.value
    lists = _lists(root)
    return lists if isinstance(lists, dict) else {"": lists}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    made = {key: _lists(inner) for key, inner in value.items()}
    if made and all(key.isdigit() for key in made):
        return [made[key] for key in sorted(made, key=int)]
    return made


def _list(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise invalid(key, f"`{key}`", "is no list of objects")
    return found


def _sure(given: Mapping[str, Any]) -> float | None:
    sure = given.get("confidence")
    return min(1.0, max(0.0, float(sure))) if isinstance(sure, int | float) else None


def _zone(given: Mapping[str, Any]) -> str | None:
    zone = given.get("zone")
    return str(zone) if zone else None


def _cell(given: Mapping[str, Any]) -> tuple[int, int] | None:
    cell = given.get("cell")
    if isinstance(cell, list) and len(cell) == 2:
        return int(cell[0]), int(cell[1])
    return None
