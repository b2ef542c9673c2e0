"""Heads of tables: rows, one or two, that name at least two columns of a taxonomy's table. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobmill_engines.data_points.labels import Label, Labels
from jobmill_engines.data_points.segments import Place, Segment, Sheet
from jobmill_engines.documents.taxonomy import DataPoint

_LEAST = 0.5
_ROWS = 2
"""More rows that a head may have."""
_NEAR = 1.3
_BESIDE = 0.12
"""Of the page's width: what stands farther to the side is no part of the table."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """What stands below one header: a column of the taxonomy, or one that nobody asked for."""

    left: float
    right: float
    column: DataPoint | None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """`row` is the number of its last row on the sheet."""

    row: int
    labels: Mapping[str, Label]
    stripes: tuple[Stripe, ...]
    segments: tuple[Segment, ...]
    left: float
    right: float

    def holds(self, segment: Segment) -> bool:
        """Whether a segment stands below this head, or in the same drawn table."""
        place = segment.place
        if place and any(s.place and s.place.zone == place.zone for s in self.stripes):
            return self.stripe_of(segment) is not None
        return segment.box.x1 > self.left and segment.box.x0 < self.right

    def stripe_of(self, segment: Segment) -> int | None:
        """The number of the stripe that it stands in."""
        by_cell = [
            (stripe.place.colspan, number)
            for number, stripe in enumerate(self.stripes)
            if stripe.place and segment.place and _same_column(stripe.place, segment.place)
        ]
        if by_cell:
            return min(by_cell)[1]
        best = max(range(len(self.stripes)), key=lambda n: _nearness(segment, self.stripes[n]))
        near = _nearness(segment, self.stripes[best])
        return best if near > -0.5 * (self.right - self.left) else None


class HeaderFinder:
    """Finds the heads of one table of a taxonomy."""

    def __init__(self, point: DataPoint) -> None:
        self._columns = {column.key: column for column in point.columns}
        self._labels = Labels([(column.key, column.labels) for column in point.columns])

    def quality(self, header: Header) -> float:
        """How sure it is that this is the head of such a table, 0 to 1."""
        share = len(header.labels) / len(self._columns)
        mean = sum(label.quality for label in header.labels.values()) / len(header.labels)
        return mean * (0.7 + 0.3 * share)

    def find(self, sheet: Sheet) -> Iterator[Header]:
        """All of them, from top to bottom."""
        least = min(2, len(self._columns))
        for at, row in enumerate(sheet.rows):
            labels = self._named(row, {})
            if not labels:
                continue
            segments, last = list(row), at
            for more in range(at + 1, min(at + 1 + _ROWS, len(sheet.rows))):
                below = sheet.rows[more]
                added = self._named(below, labels)
                if not added or not _goes_on(sheet.rows[last], below):
                    break
                labels, last = labels | added, more
                segments += below
            if len(labels) >= least:
                yield self._header(sheet, last, labels, segments)

    def _named(self, row: Sequence[Segment], known: Mapping[str, Label]) -> dict[str, Label]:
        """The best label of each column that is not known yet; one of each segment."""
        named: dict[str, Label] = {}
        for segment in row:
            for label in self._labels.find(segment):
                best = named.get(label.key)
                used = [key for key, other in named.items() if other.segment is segment]
                if label.key in known or label.quality < _LEAST:
                    continue
                if used and label.key not in used:
                    continue
                if best is None or label.quality > best.quality:
                    named[label.key] = label
        return named

    def _header(
        self, sheet: Sheet, row: int, labels: Mapping[str, Label], segments: Sequence[Segment]
    ) -> Header:
        columns = {id(label.segment): self._columns[key] for key, label in labels.items()}
        named = [each for each in segments if id(each) in columns]
        left, right = min(e.box.x0 for e in named), max(e.box.x1 for e in named)
        reach = _BESIDE * sheet.width
        kept = []
        for each in sorted(segments, key=lambda each: abs(each.box.centre - (left + right) / 2)):
            near = each.box.x1 > left - reach and each.box.x0 < right + reach
            if id(each) in columns or (near and not _covered(each, named)):
                kept.append(each)
                left, right = min(left, each.box.x0), max(right, each.box.x1)
        stripes = [
            Stripe(each.box.x0, each.box.x1, columns.get(id(each)), each.place)
            for each in sorted(kept, key=lambda each: each.box.x0)
        ]
        return Header(row, labels, tuple(stripes), tuple(kept), left - reach / 2, right + reach / 2)


def _goes_on(row: Sequence[Segment], below: Sequence[Segment]) -> bool:
    """Whether the next row is part of the head: close, and without any digit."""
    gap = min(each.box.y0 for each in below) - max(each.box.y1 for each in row)
    digits = any(character.isdigit() for each in below for character in each.text)
    return gap < _NEAR * row[0].size and not digits


def _covered(segment: Segment, named: Sequence[Segment]) -> bool:
    """A title over several columns."""
    return any(segment.box.over(each.box) > 0.5 for each in named)


def _same_column(one: Place, other: Place) -> bool:
    if one.zone != other.zone:
        return False
    return one.column < other.column + other.colspan and other.column < one.column + one.colspan


def _nearness(segment: Segment, stripe: Stripe) -> float:
    """The share of the narrower that both have; negative: how far apart they are."""
    box = segment.box
    common = min(box.x1, stripe.right) - max(box.x0, stripe.left)
    if common <= 0:
        return common
    lined_up = min(abs(box.x0 - stripe.left), abs(box.x1 - stripe.right)) < 0.5 * box.height
    return common / max(1e-6, min(box.width, stripe.right - stripe.left)) + 0.2 * lined_up
