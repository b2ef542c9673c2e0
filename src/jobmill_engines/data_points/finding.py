"""The data points of a taxonomy in a document: labels, tables, candidates, choice. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jobmill_engines.data_points.candidates import (
    PATTERN,
    Candidate,
    Known,
    candidates_of,
)
from jobmill_engines.data_points.choosing import Chosen, choose
from jobmill_engines.data_points.dates import order_of
from jobmill_engines.data_points.labels import Label, Labels
from jobmill_engines.data_points.multiline import with_lines_below
from jobmill_engines.data_points.rows import Rows, TableReader
from jobmill_engines.data_points.segments import Segment, Sheet, sheets_of
from jobmill_engines.data_points.sums import decimal_of
from jobmill_engines.data_points.values import Value, values_in
from jobmill_engines.documents.model import Zones
from jobmill_engines.documents.taxonomy import TABLE, Conventions, DataPoint, Taxonomy

_ONLY, _SEVERAL = 0.72, 0.15
"""Scores of a value that its pattern alone shows."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a taxonomy, and labels that have no value."""

    points: dict[str, list[Chosen]]
    tables: dict[str, Rows]
    bare: dict[str, Label]


def find_points(zones: Zones, taxonomy: Taxonomy) -> Found:
    """Everything of the taxonomy that the document has."""
    sheets = sheets_of(zones)
    how = _conventions(sheets, taxonomy.conventions)
    plain = [point for point in taxonomy.points if point.type != TABLE]
    labels = Labels([(point.key, point.labels) for point in plain])
    tables = _tables(taxonomy, labels, sheets, how)
    inside = frozenset(id(each) for rows in tables.values() for each in rows.texts)
    known = Known(
        {
            id(segment): () if id(segment) in inside else tuple(labels.find(segment))
            for sheet in sheets
            for segment in sheet.segments
        },
        inside,
        how,
    )
    candidates = list(_candidates(plain, sheets, known))
    candidates += _by_pattern(plain, sheets, known)
    points = choose(plain, candidates)
    multiline = {point.key for point in plain if point.multiline}
    for key in multiline & set(points):
        points[key] = [with_lines_below(each, sheets, known) for each in points[key]]
    return Found(points, tables, _bare(known, points))


def _conventions(sheets: Sequence[Sheet], given: Conventions) -> Conventions:
    """What the taxonomy says, else what the document shows."""
    texts = [segment.text for sheet in sheets for segment in sheet.segments]
    return replace(
        given,
        date_order=order_of(texts) or given.date_order,
        decimal=decimal_of(texts) or given.decimal,
    )


def _tables(
    taxonomy: Taxonomy, labels: Labels, sheets: Sequence[Sheet], how: Conventions
) -> dict[str, Rows]:
    found = {}
    for point in taxonomy.points:
        if point.type == TABLE:
            rows = TableReader(point, labels, how).find(sheets)
            if rows:
                found[point.key] = rows
    return found


def _candidates(
    points: Sequence[DataPoint], sheets: Sequence[Sheet], known: Known
) -> Iterator[Candidate]:
    by_key = {point.key: point for point in points}
    for sheet in sheets:
        for segment in sheet.segments:
            for label in known.labels[id(segment)]:
                yield from candidates_of(label, by_key[label.key], sheet, known)


def _by_pattern(
    points: Sequence[DataPoint], sheets: Sequence[Sheet], known: Known
) -> Iterator[Candidate]:
    """Values that fit a pattern, wherever they stand; alone in the document they are likely."""
    for point in points:
        if point.pattern is None:
            continue
        found = [
            (segment, value)
            for sheet in sheets
            for segment in sheet.segments
            if id(segment) not in known.headers
            for value in values_in(point, segment.text, known.how, recognised=segment.recognised)
        ]
        different = len({str(value.value) for _, value in found})
        score = _ONLY if different == 1 else _SEVERAL
        for segment, value in found:
            yield _alone(point, segment, value, score)


def _alone(point: DataPoint, segment: Segment, value: Value, score: float) -> Candidate:
    total = score * value.fit
    return Candidate(point.key, segment, value.start, value.end, value, total, PATTERN)


def _bare(known: Known, points: dict[str, list[Chosen]]) -> dict[str, Label]:
    """Good labels of keys that have no value: somebody should look."""
    found: dict[str, Label] = {}
    for labels in known.labels.values():
        for label in labels:
            best = found.get(label.key)
            if label.key not in points and label.quality > 0.7 and (label.told or label.alone):
                found[label.key] = max(best, label, key=lambda x: x.quality) if best else label
    return found
