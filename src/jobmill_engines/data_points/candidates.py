"""From a label to the values that it may name: behind it, to its right, below it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from jobmill_engines.data_points.labels import Label
from jobmill_engines.data_points.segments import Segment, Sheet
from jobmill_engines.data_points.values import Value, leftover, values_in
from jobmill_engines.documents.taxonomy import STRING, Conventions, DataPoint

INLINE, RIGHT, BELOW, ABOVE, PATTERN = "inline", "right", "below", "above", "pattern"
_PRIOR = {INLINE: 1.0, RIGHT: 0.97, BELOW: 0.86, ABOVE: 0.8}
_BELOW_ROWS = 2.2
_LEADING = frozenset(("by", "to", "for", "from", "at", "on", "von", "an", "am", "par", "a", "por"))
_NOTES = re.compile(r"\([^)]*\)|\d+(?:[.,]\d+)?\s?%|\b[A-Z]{3}\b|[€$£¥]|\bat\b")
_SMALL, _CLOSE, _FARTHER = 0.87, 0.75, 1.6
"""A caption is smaller than the value it stands under, close to it, and far from what follows."""
_MARK = re.compile(r"(?:^|[\s\[(])[xX☒✓✔☑●■][\])]?\s*$")
_MARKED = re.compile(r"\s*[\[(]?[xX☒✓✔☑●■][\])]?(?:\s*$|\s{2})")
_REACH = 0.75
"""Of the page's width, to the right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a key may have. `start` and `end` are of the segment's text."""

    key: str
    segment: Segment
    start: int
    end: int
    value: Value
    score: float
    relation: str
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What all labels of a document say about its segments."""

    labels: Mapping[int, Sequence[Label]]
    """By the id() of a segment."""
    headers: frozenset[int]
    """Segments that are headers of a table that was read: no labels of anything else."""
    how: Conventions

    def is_label(self, segment: Segment) -> bool:
        """Whether a segment only says what another one is."""
        text = segment.text.rstrip()
        if text.endswith(":"):
            return True
        first = segment.line_from(0)[1]
        return any(
            label.quality > 0.6 and (label.alone or (label.start == 0 and label.end == first))
            for label in self.labels[id(segment)]
        )


def candidates_of(label: Label, point: DataPoint, sheet: Sheet, known: Known) -> list[Candidate]:
    """Those of one label, best first."""
    found = [
        *_inline(label, point, known),
        *_beside(label, point, sheet, known),
        *_below(label, point, sheet, known),
        *_above(label, point, sheet, known),
    ]
    return sorted(found, key=lambda each: -each.score)


def _inline(label: Label, point: DataPoint, known: Known) -> Iterator[Candidate]:
    segment = label.segment
    others = [o.start for o in known.labels[id(segment)] if o.told and o.key != label.key]
    until = min((o for o in others if o >= label.after), default=len(segment.text))
    start = label.after
    if point.type == STRING and not point.multiline:
        start, end = segment.line_from(start)
        until = min(until, end)
    text = segment.text[start:until]
    if not text.strip():
        return
    sure = 1.0 if label.told else _untold(label, point, start)
    for value in _values(point, text, segment, known.how)[:3]:
        ahead = leftover(text[: value.end], replace(value, start=value.start, end=value.end))
        behind = leftover(text[value.start :], _shifted(value, -value.start))
        words = (0.62**ahead) * (0.93 ** min(behind, 5))
        yield _candidate(label, point, segment, value, start, sure * words, INLINE)


def _untold(label: Label, point: DataPoint, start: int) -> float:
    """How likely a label without a colon is one, with its value from `start` on."""
    if any(label.end <= end < start for end in label.segment.ends):
        return 0.93
    if point.type != STRING or point.pattern or point.values:
        return 0.93
    if label.segment.bold_at(label.start) and not label.segment.bold_at(start):
        return 0.95
    last = re.search(r"(\w+)\W*$", label.segment.text[: label.end])
    if label.start == 0 and last and last[1].lower() in _LEADING:
        return 0.6
    return 0.1


def _beside(label: Label, point: DataPoint, sheet: Sheet, known: Known) -> Iterator[Candidate]:
    """The next segments to the right, as long as nothing else lies between."""
    if not _bare(label):
        return
    if point.values:
        yield from _ticked(label, point, sheet, known)
        return
    for steps, segment in enumerate(_to_the_right(label.segment, sheet)):
        gap = (segment.box.x0 - label.segment.box.x1) / sheet.width
        if steps > 2 or (gap > _REACH and segment.place is None) or known.is_label(segment):
            return
        for value in _values(point, _text(point, segment), segment, known.how)[:2]:
            fit = _whole(point, segment, value) * exp(-max(0.0, gap) * 0.5) * 0.8**steps
            fit *= _not_a_sibling(label, segment, point)
            yield _candidate(label, point, segment, value, 0, fit, RIGHT)
        if not _is_code(segment) and (point.type == STRING or steps):
            return


def _ticked(label: Label, point: DataPoint, sheet: Sheet, known: Known) -> Iterator[Candidate]:
    """Of several choices in a row the one that is marked; of one that one."""
    found = [
        (segment, value)
        for segment in _to_the_right(label.segment, sheet)
        for value in _values(point, segment.text, segment, known.how)
    ]
    marked = [
        (segment, value)
        for segment, value in found
        if _MARK.search(segment.text[: value.start]) or _MARKED.match(segment.text[value.end :])
    ]
    if len(marked) == 1 or len(found) == 1:
        segment, value = (marked or found)[0]
        yield _candidate(label, point, segment, value, 0, 1.0, RIGHT)


def _is_code(segment: Segment) -> bool:
    return len(segment.text) <= 3 and not any(map(str.isdigit, segment.text))


def _bare(label: Label) -> bool:
    """Whether the segment has nothing behind the label but a rate, a currency or a unit."""
    return not _NOTES.sub("", label.segment.text[label.after :]).strip(" :()@=-–")


def _to_the_right(segment: Segment, sheet: Sheet) -> Iterator[Segment]:
    place = segment.place
    if place:
        columns = [c for z, r, c in sheet.cells if z == place.zone and r == place.row]
        seen = {id(segment)}
        for column in range(place.column + place.colspan, max(columns, default=0) + 1):
            found = sheet.cells.get((place.zone, place.row, column))
            if found and id(found) not in seen:
                seen.add(id(found))
                yield found
        if len(seen) > 1:
            return
    for row in sheet.rows:
        if any(each is segment for each in row):
            yield from (each for each in row if each.box.x0 >= segment.box.x1 - 1)


def _below(label: Label, point: DataPoint, sheet: Sheet, known: Known) -> Iterator[Candidate]:
    segment = label.segment
    if not _bare(label):
        return
    if any(
        other.start != label.start for other in known.labels[id(segment)] if other.end < label.start
    ):
        return
    for steps, (under, fit) in enumerate(_under(segment, sheet)):
        if known.is_label(under):
            return
        for value in _values(point, _text(point, under), under, known.how)[:2]:
            score = fit * _whole(point, under, value) * 0.75**steps
            score *= _not_a_sibling(label, under, point) * _not_captioned(label, under, sheet)
            score *= (
                0.6 if segment.place and segment.place.rows > 2 and segment.place.row == 1 else 1
            )
            yield _candidate(label, point, under, value, 0, score, BELOW)
        if steps or point.type == STRING:
            return


def _above(label: Label, point: DataPoint, sheet: Sheet, known: Known) -> Iterator[Candidate]:
    """The value that a caption in small letters stands under."""
    over = _captioned(label, sheet) if _bare(label) else None
    if over is None or known.is_label(over) or _closer_below(label, over, sheet, known):
        return
    for value in _values(point, _text(point, over), over, known.how)[:2]:
        fit = _in_line(label.segment, over) * _whole(point, over, value)
        yield _candidate(label, point, over, value, 0, fit, ABOVE)


def _captioned(label: Label, sheet: Sheet) -> Segment | None:
    """What stands in larger letters right above."""
    box = label.segment.box
    for row in sheet.rows:
        for each in row:
            gap = box.y0 - each.box.y1
            near = -0.2 * each.size < gap < _CLOSE * each.size
            smaller = label.segment.size < _SMALL * each.size
            if near and smaller and _in_line(label.segment, each) > 0.3:
                return each
    return None


def _closer_below(label: Label, over: Segment, sheet: Sheet, known: Known) -> bool:
    box = label.segment.box
    under = next(iter(_under(label.segment, sheet)), None)
    if under is None or known.is_label(under[0]):
        return False
    return under[0].box.y0 - box.y1 <= 1.2 * (box.y0 - over.box.y1)


def _not_captioned(label: Label, under: Segment, sheet: Sheet) -> float:
    """Less, where the label rather belongs to what stands above it."""
    over = _captioned(label, sheet)
    if over is None:
        return 1.0
    box = label.segment.box
    return 0.3 if under.box.y0 - box.y1 > _FARTHER * (box.y0 - over.box.y1) else 1.0


def _under(segment: Segment, sheet: Sheet) -> Iterator[tuple[Segment, float]]:
    """(the next segments below that stand in line with it, how well)."""
    place = segment.place
    if place:
        cell = sheet.cells.get((place.zone, place.row + place.rowspan, place.column))
        if cell:
            yield cell, 1.0
            return
    box, high = segment.box, segment.box.height
    reached = box.y1
    for row in sheet.rows:
        top = min(each.box.y0 for each in row)
        if row[0].box.middle <= box.middle or any(each is segment for each in row):
            continue
        if top - reached > _BELOW_ROWS * high:
            return
        inline = [(each, _in_line(segment, each)) for each in row]
        best = max(inline, key=lambda pair: pair[1])
        if best[1] > 0.3:
            gap = max(0.0, best[0].box.y0 - reached) / high
            yield best[0], best[1] * exp(-gap * 0.15)
            reached = best[0].box.y1


def _in_line(segment: Segment, other: Segment) -> float:
    box, under, em = segment.box, other.box, segment.box.height
    if abs(box.x0 - under.x0) < 0.8 * em or abs(box.x1 - under.x1) < 0.8 * em:
        return 1.0
    if abs(box.centre - under.centre) < em:
        return 0.97
    common = box.over(under)
    return 0.85 if common > 0.6 else 0.5 * common


def _not_a_sibling(label: Label, segment: Segment, point: DataPoint) -> float:
    """A string that is set like the label, which stands in bold, is rather the next label."""
    if point.type != STRING or label.told:
        return 1.0
    same = label.segment.bold and segment.bold
    return 0.45 if same else 1.0


def _text(point: DataPoint, segment: Segment) -> str:
    """What of a segment may be a value: of a string in a cell its first line, unless it wraps."""
    if point.type != STRING or point.multiline or point.pattern:
        return segment.text
    return segment.text[: segment.line_from(0)[1]]


def _whole(point: DataPoint, segment: Segment, value: Value) -> float:
    """A value should be all of its segment."""
    return 0.85 ** min(4, leftover(_text(point, segment), value))


def _values(point: DataPoint, text: str, segment: Segment, how: Conventions) -> list[Value]:
    return values_in(point, text, how, recognised=segment.recognised)


def _shifted(value: Value, by: int) -> Value:
    return Value(value.start + by, value.end + by, value.text, value.value, value.fit)


def _candidate(
    label: Label,
    point: DataPoint,
    segment: Segment,
    value: Value,
    offset: int,
    score: float,
    relation: str,
) -> Candidate:
    total = label.quality * score * value.fit * _PRIOR[relation]
    if point.pattern is not None:
        total = total**0.7
    start, end = value.start + offset, value.end + offset
    return Candidate(point.key, segment, start, end, value, total, relation, label)
