"""Zones as segments: pieces of text with their place, whichever zone they stand in. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from jobmill_engines.documents.model import (
    IMAGE,
    TABLE,
    Box,
    Cell,
    Line,
    Word,
    Zone,
    Zones,
    around,
)

FILLED = ".…·_"
"""What leads from a label to its value, or is to be written on."""
_LEADER = 3
_TIGHT, _PADDING = 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a table zone."""

    zone: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A line, or the lines of a cell as one. `starts` are where its words begin in `text`."""

    page: int
    zone: str
    text: str
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    box: Box
    bold: bool
    size: float
    place: Place | None = None
    ends: tuple[int, ...] = ()
    """Where its lines end in `text`."""
    wraps: frozenset[int] = frozenset()
    """Those of `ends` that only the width of a cell made: the next line goes on with this one."""
    recognised: bool = False
    margin: bool = False
    """In a header or footer."""

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return max(1, len(self.ends))

    def line_from(self, at: int) -> tuple[int, int]:
        """(start, end) of what is left of the line there; if nothing is, of the next line."""
        for end in self.ends:
            if end in self.wraps:
                continue
            if self.text[at:end].strip(" :" + FILLED):
                return at, end
            at = max(at, end)
        return at, len(self.text)

    def box_of(self, start: int, end: int) -> Box:
        """Around the words of a piece of its text."""
        inside = [
            word.box
            for word, at in zip(self.words, self.starts, strict=True)
            if at < end and at + len(word.text) > start
        ]
        return around(inside) if inside else self.box

    def sure(self, start: int, end: int) -> float:
        """How sure the recognition of a piece is: 1 for a text that was read."""
        known = [
            word.confidence
            for word, at in zip(self.words, self.starts, strict=True)
            if word.confidence is not None and at < end and at + len(word.text) > start
        ]
        return min(known, default=1.0)

    def bold_at(self, at: int) -> bool:
        """Whether the word there is bold."""
        bold = self.bold
        for word, start in zip(self.words, self.starts, strict=True):
            if start > at:
                break
            bold = word.bold
        return bold


@dataclass(slots=True)
class Sheet:
    """A page: its segments from top to bottom, and what stands where."""

    number: int
    width: float
    height: float
    segments: list[Segment] = field(default_factory=list)
    rows: list[list[Segment]] = field(default_factory=list)
    cells: dict[tuple[str, int, int], Segment] = field(default_factory=dict)


def sheets_of(zones: Zones) -> list[Sheet]:
    """All pages with their segments."""
    found: dict[int, list[Segment]] = defaultdict(list)
    for zone in zones.zones:
        if zone.type != IMAGE:
            found[zone.page] += _segments(zone)
    sheets = []
    for page in zones.pages:
        sheet = Sheet(page.number, page.width, page.height)
        sheet.segments = sorted(found[page.number], key=lambda s: (s.box.middle, s.box.x0))
        sheet.rows = rows_of(sheet.segments)
        for each in sheet.segments:
            if each.place:
                _take_room(sheet, each, each.place)
        sheets.append(sheet)
    return sheets


def _take_room(sheet: Sheet, segment: Segment, place: Place) -> None:
    for row in range(place.row, place.row + place.rowspan):
        for column in range(place.column, place.column + place.colspan):
            sheet.cells[place.zone, row, column] = segment


def rows_of(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments at one height, from left to right."""
    rows: list[list[Segment]] = []
    for each in segments:
        for row in reversed(rows[-3:]):
            if row[0].box.beside(each.box) > 0.55:
                row.append(each)
                break
        else:
            rows.append([each])
    return [sorted(row, key=lambda s: s.box.x0) for row in rows]


def _segments(zone: Zone) -> Iterator[Segment]:
    if zone.type != TABLE:
        margin = zone.role in ("header", "footer")
        for line in zone.lines:
            yield segment_of([line], zone, None, margin=margin)
        return
    rows = max((cell.row for cell in zone.cells), default=1)
    for cell in zone.cells:
        if cell.lines:
            yield segment_of(cell.lines, zone, _place(zone, cell, rows), room=cell.box)


def _place(zone: Zone, cell: Cell, rows: int) -> Place:
    return Place(zone.id, cell.row, cell.column, cell.rowspan, cell.colspan, rows)


def _wraps(lines: Sequence[Line], ends: Sequence[int], room: Box | None) -> Iterator[int]:
    """Ends of lines after which the next word did not fit. A box that is as wide as its text says
    nothing about that."""
    if room is None or len(lines) != len(ends):
        return
    if room.x1 - max(line.box.x1 for line in lines) < _TIGHT:
        return
    for end, line, after in zip(ends, lines, lines[1:], strict=False):
        first = after.words[0].box.width + 0.25 * line.box.height
        if line.box.x1 + first > room.x1 - _PADDING and line.style.bold == after.style.bold:
            yield end


def _words(lines: Sequence[Line]) -> Iterator[Word]:
    """Without what only fills room; between words it says the same as a colon."""
    for line in lines:
        last: Word | None = None
        for word in line.words:
            if word.text.strip(FILLED):
                yield word
            elif last and len(word.text) >= _LEADER and not last.text.endswith(":"):
                word = replace(word, text=":")
                yield word
            last = word


def segment_of(
    lines: Sequence[Line],
    zone: Zone,
    place: Place | None,
    *,
    margin: bool = False,
    room: Box | None = None,
) -> Segment:
    """Lines as one segment."""
    words = tuple(_words(lines)) or tuple(word for line in lines for word in line.words)
    starts, at = [], 0
    last = {id(line.words[-1]) for line in lines}
    ends = []
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
        if id(word) in last:
            ends.append(at - 1)
    if not ends or ends[-1] != at - 1:
        ends.append(at - 1)
    return Segment(
        page=zone.page,
        zone=zone.id,
        text=" ".join(word.text for word in words),
        words=words,
        starts=tuple(starts),
        box=around([word.box for word in words]),
        bold=lines[0].style.bold or words[0].bold,
        size=max(line.box.height for line in lines),
        place=place,
        ends=tuple(ends),
        wraps=frozenset(_wraps(lines, ends, room)),
        recognised=any(word.confidence is not None for word in words),
        margin=margin,
    )
