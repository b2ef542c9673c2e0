"""Tables of a taxonomy: header cells found by their labels, then the rows below them. Pure.

A header may stand in a table zone or in loose lines: what counts is that the labels of at least two
columns stand at one height.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from jobmill_engines.data_points.labels import Label, Labels
from jobmill_engines.data_points.segments import Segment, Sheet
from jobmill_engines.data_points.values import Value, leftover, values_in
from jobmill_engines.documents.taxonomy import STRING, Conventions, DataPoint

_FAR = 3.2
"""Heights of a row: a wider gap ends a table."""
_HEADER = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of one column in one row."""

    column: DataPoint
    segment: Segment
    value: Value
    score: float


@dataclass(slots=True)
class Rows:
    """A table that was found: its headers and its rows."""

    point: DataPoint
    headers: dict[str, Label]
    rows: list[list[Entry]] = field(default_factory=list)
    texts: list[Segment] = field(default_factory=list)
    """All segments that belong to it."""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Stripe:
    """What stands below one header: a column of the taxonomy, or one that nobody asked for."""

    left: float
    right: float
    column: DataPoint | None


class TableReader:
    """Finds the rows of one table data point; `ends` are labels that end it, such as totals."""

    def __init__(self, point: DataPoint, ends: Labels, how: Conventions) -> None:
        self._point, self._ends, self._how = point, ends, how
        self._columns = {column.key: column for column in point.columns}
        self._labels = Labels([(column.key, column.labels) for column in point.columns])

    def find(self, sheets: Sequence[Sheet]) -> Rows | None:
        """The table, over all pages that it goes on to."""
        best: Rows | None = None
        for number, sheet in enumerate(sheets):
            for at, header in self._headers(sheet):
                found = Rows(self._point, header, score=_quality(header, self._columns))
                found.texts += sheet.rows[at]
                stripes = self._stripes(sheet.rows[at], header)
                ended = self._read(sheet, at + 1, stripes, found)
                if not ended:
                    self._go_on(sheets[number + 1 :], stripes, found)
                if found.rows and (best is None or _worth(found) > _worth(best)):
                    best = found
        return best

    def _headers(self, sheet: Sheet) -> Iterator[tuple[int, dict[str, Label]]]:
        """(number of the row, label by column) of rows that name at least two columns."""
        least = min(2, len(self._columns))
        for at, row in enumerate(sheet.rows):
            if len(row) < least:
                continue
            header: dict[str, Label] = {}
            for segment in row:
                for label in self._labels.find(segment):
                    best = header.get(label.key)
                    used = [key for key, other in header.items() if other.segment is segment]
                    if label.quality < _HEADER or (used and label.key not in used):
                        continue
                    if best is None or label.quality > best.quality:
                        header[label.key] = label
            if len(header) >= least:
                yield at, header

    def _stripes(self, row: Sequence[Segment], header: Mapping[str, Label]) -> list[_Stripe]:
        named = {id(label.segment): self._columns[key] for key, label in header.items()}
        return [_Stripe(each.box.x0, each.box.x1, named.get(id(each))) for each in row]

    def _go_on(self, sheets: Sequence[Sheet], stripes: list[_Stripe], found: Rows) -> None:
        """On the pages that follow, below the same header or without one."""
        for sheet in sheets:
            start = 0
            for at, header in self._headers(sheet):
                if len(header) >= len(found.headers):
                    start, stripes = at + 1, self._stripes(sheet.rows[at], header)
                    found.texts += sheet.rows[at]
                    break
            count = len(found.rows)
            ended = self._read(sheet, start, stripes, found, fresh=not start)
            if ended or len(found.rows) == count:
                return

    def _read(
        self, sheet: Sheet, start: int, stripes: list[_Stripe], found: Rows, *, fresh: bool = False
    ) -> bool:
        """Add the rows from there on; whether the table ends on this page."""
        last: list[Segment] | None = sheet.rows[start - 1] if start else None
        for row in sheet.rows[start:]:
            body = [each for each in row if not each.margin]
            if not body:
                continue
            if last is not None and _gap(last, body) > _FAR * _high(last):
                return True
            if self._ends_here(body):
                return bool(found.rows)
            placed = _placed(body, stripes)
            entries = self._entries(placed)
            if self._is_row(entries, placed, stripes):
                found.rows.append(entries)
                found.texts += body
            elif not self._continues(entries, placed, found, body):
                if fresh and found.texts[-1:] != body and last is None:
                    continue
                if found.rows and not fresh:
                    return True
                if not found.rows:
                    continue
            last = body
        return False

    def _ends_here(self, row: Sequence[Segment]) -> bool:
        first = row[0]
        return any(label.start == 0 and label.quality > 0.7 for label in self._ends.find(first))

    def _entries(self, placed: Mapping[int, tuple[_Stripe, list[Segment]]]) -> list[Entry]:
        entries = []
        for stripe, segments in placed.values():
            column = stripe.column
            if column is None:
                continue
            for segment in segments:
                found = values_in(column, segment.text, self._how, recognised=segment.recognised)
                if found:
                    fit = found[0].fit * 0.85 ** min(3, leftover(segment.text, found[0]))
                    entries.append(Entry(column, segment, found[0], fit))
                    break
        return entries

    def _is_row(
        self,
        entries: Sequence[Entry],
        placed: Mapping[int, tuple[_Stripe, list[Segment]]],
        stripes: Sequence[_Stripe],
    ) -> bool:
        wanted = [stripe.column for stripe in stripes if stripe.column]
        found = {entry.column.key for entry in entries}
        if any(column.required and column.key not in found for column in wanted):
            return False
        typed = [column for column in wanted if column.type != STRING]
        some = not typed or any(entry.column.type != STRING for entry in entries)
        least = max(1, (len(wanted) + 1) // 2)
        return some and len(found) >= least and len(placed) >= min(2, len(stripes))

    def _continues(
        self,
        entries: Sequence[Entry],
        placed: Mapping[int, tuple[_Stripe, list[Segment]]],
        found: Rows,
        row: Sequence[Segment],
    ) -> bool:
        """A row with nothing but more text of a string goes on with the row above."""
        if not found.rows or len(placed) != 1 or len(entries) != 1:
            return False
        (entry,) = entries
        if entry.column.type != STRING:
            return False
        above = [each for each in found.rows[-1] if each.column is entry.column]
        if not above or _gap([above[0].segment], row) > 0.9 * _high(row):
            return False
        if not 0.87 < entry.segment.size / above[0].segment.size < 1.15:
            return True  # a note about the row above, no part of its text
        joined = above[0].value
        text = f"{joined.text} {entry.value.text}"
        value = Value(joined.start, joined.end, text, text, joined.fit)
        found.rows[-1] = [
            Entry(each.column, each.segment, value, each.score) if each is above[0] else each
            for each in found.rows[-1]
        ]
        found.texts += row
        return True


def _placed(
    row: Sequence[Segment], stripes: Sequence[_Stripe]
) -> dict[int, tuple[_Stripe, list[Segment]]]:
    """By number of the stripe: what stands in it."""
    found: dict[int, tuple[_Stripe, list[Segment]]] = {}
    for segment in row:
        number = max(range(len(stripes)), key=lambda n: _nearness(segment, stripes[n]))
        found.setdefault(number, (stripes[number], []))[1].append(segment)
    return found


def _nearness(segment: Segment, stripe: _Stripe) -> float:
    """The share of the narrower that both have; negative: how far apart they are."""
    box = segment.box
    common = min(box.x1, stripe.right) - max(box.x0, stripe.left)
    if common <= 0:
        return common
    lined_up = min(abs(box.x0 - stripe.left), abs(box.x1 - stripe.right)) < 0.5 * box.height
    return common / max(1e-6, min(box.width, stripe.right - stripe.left)) + 0.2 * lined_up


def _gap(above: Sequence[Segment], below: Sequence[Segment]) -> float:
    return min(each.box.y0 for each in below) - max(each.box.y1 for each in above)


def _high(row: Sequence[Segment]) -> float:
    return median(each.size for each in row)


def _quality(header: Mapping[str, Label], columns: Mapping[str, DataPoint]) -> float:
    share = len(header) / len(columns)
    return sum(label.quality for label in header.values()) / len(header) * (0.7 + 0.3 * share)


def _worth(found: Rows) -> tuple[int, float, int]:
    return len(found.headers), found.score, len(found.rows)
