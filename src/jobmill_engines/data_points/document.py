"""What was found as JSON: points with confidence and place, what is missing, doubts. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from jobmill_engines.data_points.choosing import Chosen
from jobmill_engines.data_points.confidence import confidence_of, row_confidence
from jobmill_engines.data_points.finding import Found
from jobmill_engines.data_points.rows import Rows
from jobmill_engines.data_points.segments import Segment
from jobmill_engines.documents.model import Page, Zones
from jobmill_engines.documents.taxonomy import TABLE, DataPoint, Taxonomy
from jobmill_engines.documents.writing import box_json

SURE = 0.8
_BARE = 0.5
"""How sure it is that a value is missing where its label stands."""


def points_json(found: Found, taxonomy: Taxonomy, zones: Zones, least: float) -> dict[str, Any]:
    """A document of points; its `confidence` is that of the least sure one. A required point that
    is missing makes it 0; one that is missing though its label stands there, a half."""
    pages = {page.number: page for page in zones.pages}
    points = [
        each
        for point in taxonomy.points
        for each in _points(point, found, pages)
        if each["confidence"] >= least
    ]
    keys = {each["key"] for each in points}
    missing = [_missing(point, found) for point in taxonomy.points if not _has(point, keys)]
    sure = [each["confidence"] for each in points] + [each["confidence"] for each in missing]
    return {
        "taxonomy": taxonomy.name,
        "points": points,
        "missing": missing,
        "confidence": round(min(sure, default=1.0), 4),
        "doubts": _doubts(points, missing),
    }


def _has(point: DataPoint, keys: set[str]) -> bool:
    return point.key in keys or any(key.startswith(f"{point.key}.") for key in keys)


def _points(point: DataPoint, found: Found, pages: Mapping[int, Page]) -> Iterator[dict[str, Any]]:
    if point.type == TABLE:
        if point.key in found.tables:
            yield from _rows(point, found.tables[point.key], pages)
        return
    for number, chosen in enumerate(found.points.get(point.key, ()), 1):
        key = f"{point.key}.{number}" if point.repeated else point.key
        yield _point(key, point, chosen, pages)


def _point(key: str, point: DataPoint, chosen: Chosen, pages: Mapping[int, Page]) -> dict[str, Any]:
    candidate = chosen.candidate
    told = {
        "key": key,
        "type": point.type,
        "value": candidate.value.value,
        "text": candidate.value.text,
        "confidence": confidence_of(chosen),
        **_where(candidate.segment, candidate.start, candidate.end, pages),
        "by": candidate.relation,
    }
    label = candidate.label
    if label:
        segment = label.segment
        told["label"] = {
            "text": segment.text[label.start : label.end],
            "box": box_json(segment.box_of(label.start, label.end), pages[segment.page]),
        }
    return told


def _where(segment: Segment, start: int, end: int, pages: Mapping[int, Page]) -> dict[str, Any]:
    told: dict[str, Any] = {"zone": segment.zone}
    if segment.place:
        told["cell"] = [segment.place.row, segment.place.column]
    box = box_json(segment.box_of(start, end), pages[segment.page])
    return told | {"page": segment.page, "box": box}


def _rows(point: DataPoint, found: Rows, pages: Mapping[int, Page]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(found.rows, 1):
        for entry in row:
            segment, value = entry.segment, entry.value
            yield {
                "key": f"{point.key}.{number}.{entry.column.key}",
                "type": entry.column.type,
                "value": value.value,
                "text": value.text,
                "confidence": row_confidence(found.score, entry),
                **_where(segment, value.start, value.end, pages),
                "by": "column",
            }


def _missing(point: DataPoint, found: Found) -> dict[str, Any]:
    """`confidence`: how sure it is that nothing is there; a required point should be."""
    sure = 0.0 if point.required else _BARE if point.key in found.bare else 1.0
    told: dict[str, Any] = {"key": point.key, "required": point.required, "confidence": sure}
    if label := found.bare.get(point.key):
        told["label"] = label.segment.text[label.start : label.end]
        told["page"] = label.segment.page
    return told


def _doubts(points: list[dict[str, Any]], missing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    doubts = [
        {"path": f"/points/{number}", "confidence": each["confidence"], "why": _why(each)}
        for number, each in enumerate(points)
        if each["confidence"] < SURE
    ]
    doubts += [
        {
            "path": f"/missing/{number}",
            "confidence": each["confidence"],
            "why": f"{each['key']} is required and was not found."
            if each["required"]
            else f"The label {each['label']!r} stands on page {each['page']} without a value.",
        }
        for number, each in enumerate(missing)
        if each["confidence"] < SURE
    ]
    return sorted(doubts, key=lambda each: each["confidence"])


def _why(point: dict[str, Any]) -> str:
    if point["by"] == "pattern":
        return f"{point['key']} has no label: only its pattern shows it."
    return f"{point['key']} = {point['text']!r} may be something else."
