"""Tables of a taxonomy: the rows below a head that names its columns. Pure.

A head may stand in a table zone or in loose lines: what counts is that the labels of at least two
columns stand at one height.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from jobmill_engines.data_points.headers import Header, HeaderFinder, Stripe
from jobmill_engines.data_points.labels import Label, Labels
from jobmill_engines.data_points.segments import Segment, Sheet
from jobmill_engines.data_points.values import Value, leftover, values_in
from jobmill_engines.documents.taxonomy import STRING, Conventions, DataPoint

_FAR = 3.2
"""Heights of a row: a wider gap ends a table."""
_OTHERS = 2
"""Rows that are none, such as sums carried forward, that a table may have in a row."""
_ENDED, _STOPPED, _OPEN = "ended", "stopped", "open"
"""By a label that follows tables; by a gap or other text; at the end of its page."""


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
    headers: Mapping[str, Label]
    rows: list[list[Entry]] = field(default_factory=list)
    texts: list[Segment] = field(default_factory=list)
    """All segments that belong to it."""
    score: float = 0.0


class TableReader:
    """Finds the rows of one table data point; `ends` are labels that end it, such as totals."""

    def __init__(self, point: DataPoint, ends: Labels, how: Conventions) -> None:
        self._point, self._ends, self._how = point, ends, how
        self._finder = HeaderFinder(point)

    def find(self, sheets: Sequence[Sheet]) -> Rows | None:
        """The table, over all pages that it goes on to."""
        best: Rows | None = None
        for number, sheet in enumerate(sheets):
            for header in self._finder.find(sheet):
                found = Rows(self._point, header.labels, score=self._finder.quality(header))
                found.texts += header.segments
                state = self._read(sheet, header.row + 1, header, found)
                self._go_on(sheets[number + 1 :], header, found, state)
                if found.rows and (best is None or _worth(found) > _worth(best)):
                    best = found
        return best

    def _go_on(self, sheets: Sequence[Sheet], header: Header, found: Rows, state: str) -> None:
        """On the pages that follow: below the same header, or, where a table came to the end of
        its page, without one."""
        for sheet in sheets:
            start = 0
            for again in self._finder.find(sheet):
                if again.labels.keys() >= found.headers.keys():
                    start, header = again.row + 1, again
                    found.texts += again.segments
                    break
            if state == _ENDED or (state == _STOPPED and not start):
                return
            count = len(found.rows)
            state = self._read(sheet, start, header, found, fresh=not start)
            if len(found.rows) == count:
                return

    def _read(
        self, sheet: Sheet, start: int, header: Header, found: Rows, *, fresh: bool = False
    ) -> str:
        """Add the rows from there on, and say how the table ends on this page."""
        last: Sequence[Segment] | None = header.segments if start else None
        others = 0
        for row in sheet.rows[start:]:
            body = [each for each in row if not each.margin and header.holds(each)]
            if not body:
                continue
            if last is not None and _gap(last, body) > _FAR * _high(last):
                return _STOPPED
            if self._ends_here(body):
                return _ENDED if found.rows else _STOPPED
            placed = _placed(body, header)
            entries = self._entries(placed)
            if self._is_row(entries, placed, header.stripes):
                found.rows.append(entries)
                found.texts += body
                others = 0
            elif not self._continues(entries, placed, found, body):
                others += 1
                if others > _OTHERS and not (fresh and last is None):
                    return _STOPPED
                if fresh and last is None:
                    continue
            last = body
        return _OPEN

    def _ends_here(self, row: Sequence[Segment]) -> bool:
        first = row[0]
        return any(label.start == 0 and label.quality > 0.7 for label in self._ends.find(first))

    def _entries(self, placed: Mapping[int, tuple[Stripe, list[Segment]]]) -> list[Entry]:
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
        placed: Mapping[int, tuple[Stripe, list[Segment]]],
        stripes: Sequence[Stripe],
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
        placed: Mapping[int, tuple[Stripe, list[Segment]]],
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


def _placed(row: Sequence[Segment], header: Header) -> dict[int, tuple[Stripe, list[Segment]]]:
    """By number of the stripe: what stands in it."""
    found: dict[int, tuple[Stripe, list[Segment]]] = {}
    for segment in row:
        number = header.stripe_of(segment)
        if number is not None:
            found.setdefault(number, (header.stripes[number], []))[1].append(segment)
    return found


def _gap(above: Sequence[Segment], below: Sequence[Segment]) -> float:
    return min(each.box.y0 for each in below) - max(each.box.y1 for each in above)


def _high(row: Sequence[Segment]) -> float:
    return median(each.size for each in row)


def _worth(found: Rows) -> tuple[int, float, int]:
    return len(found.headers), found.score, len(found.rows)
