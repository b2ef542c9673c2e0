"""Documents without pages, set on pages of our own: places are made up, in reading order.

So that whoever reads a layout needs no second way: a label stands left of its value or above it
here, too. Letters are all as wide; tables keep their cells and spans.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jobmill_engine import LimitReached
from jobmill_engines.documents.model import (
    Box,
    Cell,
    Line,
    Page,
    Style,
    Table,
    Word,
    line_of,
)

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 50.0
MOST_CHARACTERS = 20_000_000
MOST_CELLS = 200_000
MOST_PAGES = 10_000
_SIZE = 10.0
_LETTER = 0.5
_LEADING = 1.3
_TAB = 36.0
_GAP = 1.2
_SCALES = {1: 1.9, 2: 1.5, 3: 1.25}


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. Tabs and line breaks count."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(slots=True)
class FlowCell:
    """A cell: its paragraphs, and how many columns and rows it takes."""

    paragraphs: list[list[Run]] = field(default_factory=list)
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


Row = list[FlowCell]


class Flow:
    """Takes paragraphs, tables and pictures in order. Raises LimitReached for too much of them."""

    def __init__(self, called: str, max_pages: int) -> None:
        self._called, self._max_pages = called, min(MOST_PAGES, max_pages)
        self._pages: list[Page] = []
        self._characters = self._cells = 0
        self._lines: list[Line] = []
        self._pictures: list[Box] = []
        self._tables: list[Table] = []
        self._y = MARGIN

    def paragraph(self, runs: Sequence[Run], level: int = 0) -> None:
        """A paragraph, or a heading of a level from 1."""
        size = _SIZE * _SCALES.get(level, 1.0)
        bold = level > 0
        lines = list(self._set(runs, size, MARGIN, self._y, WIDTH - 2 * MARGIN, bold=bold))
        if not lines:
            return
        self._lines += lines
        self._y = max(line.box.y1 for line in lines) + _GAP * size
        self._turn()

    def picture(self, width: float, height: float) -> None:
        """A picture of that size in points."""
        scale = min(1.0, (WIDTH - 2 * MARGIN) / max(1.0, width), 400 / max(1.0, height))
        box = Box(MARGIN, self._y, MARGIN + width * scale, self._y + height * scale)
        self._pictures.append(box)
        self._y = box.y1 + _GAP * _SIZE
        self._turn()

    def table(self, rows: Sequence[Row]) -> None:
        """A table; each row has the cells that begin in it."""
        self._cells += sum(len(row) for row in rows)
        if self._cells > MOST_CELLS:
            told = f"The document {self._called} has more than {MOST_CELLS:,} cells of tables"
            raise LimitReached("document_too_large", f"{told}. Split it.")
        placed = _placed(rows)
        if not placed:
            return
        columns = max(column + cell.colspan for _, column, cell in placed)
        if columns == 1:
            for _, _, cell in placed:
                for runs in cell.paragraphs:
                    self.paragraph(runs)
            return
        self._tables.append(self._set_table(placed, _widths(placed, columns)))
        self._turn()

    def page_break(self) -> None:
        """What follows begins a page."""
        if self._lines or self._pictures:
            self._end()

    def pages(self) -> list[Page]:
        """All of them; at least one."""
        if self._lines or self._pictures or not self._pages:
            self._end()
        return self._pages

    def _set_table(
        self, placed: Sequence[tuple[int, int, FlowCell]], widths: Sequence[float]
    ) -> Table:
        lefts = [MARGIN + sum(widths[:n]) for n in range(len(widths) + 1)]
        count = max(row + cell.rowspan for row, _, cell in placed)
        set_cells: dict[tuple[int, int], list[Line]] = {}
        heights = [_LEADING * _SIZE] * count
        for row, column, cell in placed:
            right = lefts[min(column + cell.colspan, len(widths))]
            lines = list(self._set_cell(cell, lefts[column] + 4, right - lefts[column] - 8))
            set_cells[row, column] = lines
            need = max((line.box.y1 for line in lines), default=0.0) + 4
            if cell.rowspan == 1:
                heights[row] = max(heights[row], need)
        tops = [self._y + sum(heights[:n]) for n in range(count + 1)]
        made = []
        for row, column, cell in placed:
            lines = [_moved(line, tops[row] + 2) for line in set_cells[row, column]]
            self._lines += lines
            right = lefts[min(column + cell.colspan, len(widths))]
            box = Box(lefts[column], tops[row], right, tops[min(row + cell.rowspan, count)])
            made.append(
                Cell(
                    row + 1, column + 1, tuple(lines), cell.rowspan, cell.colspan, box, cell.header
                )
            )
        self._y = tops[-1] + _GAP * _SIZE
        return Table(tuple(made), Box(lefts[0], tops[0], lefts[-1], tops[-1]))

    def _set_cell(self, cell: FlowCell, x: float, width: float) -> Iterator[Line]:
        y = 0.0
        for runs in cell.paragraphs:
            lines = list(self._set(runs, _SIZE, x, y, max(width, 30.0), bold=cell.header))
            yield from lines
            y = max((line.box.y1 for line in lines), default=y)

    def _set(
        self, runs: Sequence[Run], size: float, x: float, y: float, width: float, *, bold: bool
    ) -> Iterator[Line]:
        """Lines of a paragraph from there on; a tab or a break begins another."""
        step = _LETTER * size
        words: list[Word] = []
        at = x
        for kind, text, run in _pieces(runs):
            self._count(text)
            wide = len(text) * step
            if kind == "break" or (kind == "word" and words and at + wide > x + width):
                if words:
                    yield _line(words, size, bold)
                words, at, y = [], x, y + _LEADING * size
            if kind == "tab":
                if words:
                    yield _line(words, size, bold)
                words = []
                at = x + _TAB * (int((at - x + size) // _TAB) + 1)
            elif kind == "word":
                box = Box(at, y, at + wide, y + 1.15 * size)
                words.append(Word(text, box, None, bold or run.bold))
                at += wide + step
        if words:
            yield _line(words, size, bold)

    def _count(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            told = f"The document {self._called} has more than {MOST_CHARACTERS:,} characters"
            raise LimitReached("document_too_large", f"{told}. Split it.")

    def _turn(self) -> None:
        if self._y > HEIGHT - MARGIN:
            self._end()

    def _end(self) -> None:
        if len(self._pages) >= self._max_pages:
            told = f"The document {self._called} fills more than {self._max_pages} pages"
            raise LimitReached("too_many_pages", f"{told}. Split it, or raise `max_pages`.")
        self._pages.append(
            Page(
                number=len(self._pages) + 1,
                width=WIDTH,
                height=max(HEIGHT, self._y + MARGIN),
                source="flow",
                lines=tuple(self._lines),
                pictures=tuple(self._pictures),
                tables=tuple(self._tables),
            )
        )
        self._fresh()

    def _fresh(self) -> None:
        self._lines, self._pictures, self._tables = [], [], []
        self._y = MARGIN


def _pieces(runs: Iterable[Run]) -> Iterator[tuple[str, str, Run]]:
    """(word, tab or break, text, its run); words that touch across runs are one."""
    word, owner = "", Run("")
    for run in runs:
        for letter in run.text:
            if not letter.isspace():
                owner = owner if word else run
                word += letter
                continue
            if word:
                yield "word", word, owner
                word = ""
            if letter == "\t":
                yield "tab", "", run
            elif letter == "\n":
                yield "break", "", run
    if word:
        yield "word", word, owner


def _line(words: Sequence[Word], size: float, bold: bool) -> Line:
    heavy = bold or all(word.bold for word in words)
    return line_of(words, Style("", round(size, 1), heavy))


def _moved(line: Line, by: float) -> Line:
    words = [
        Word(w.text, Box(w.box.x0, w.box.y0 + by, w.box.x1, w.box.y1 + by), None, w.bold)
        for w in line.words
    ]
    return line_of(words, line.style)


def _placed(rows: Sequence[Row]) -> list[tuple[int, int, FlowCell]]:
    """(row, column, cell), from 0, with the room that spans take left free."""
    taken: set[tuple[int, int]] = set()
    found = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            cell.rowspan = max(1, min(cell.rowspan, len(rows) - number))
            cell.colspan = max(1, min(cell.colspan, 200))
            found.append((number, column, cell))
            if cell.rowspan * cell.colspan > 1:
                taken.update(
                    (r, c)
                    for r in range(number, number + cell.rowspan)
                    for c in range(column, column + cell.colspan)
                )
            column += cell.colspan
    return found


def _widths(placed: Sequence[tuple[int, int, FlowCell]], columns: int) -> list[float]:
    """Columns share the page by their longest text, none too narrow."""
    longest = [6.0] * columns
    for _, column, cell in placed:
        size = max((sum(len(run.text) for run in runs) for runs in cell.paragraphs), default=0)
        if cell.colspan == 1 and column < columns:
            longest[column] = max(longest[column], min(60.0, float(size)) + 2)
    room = WIDTH - 2 * MARGIN
    wanted = [each * _LETTER * _SIZE + 8 for each in longest]
    scale = min(1.0, room / sum(wanted))
    return [max(20.0, each * scale) for each in wanted]
