"""Pages as words and lines with their place, and zones of them. No rules, no JSON.

Lengths are in the page's unit (points, or pixels of a picture), y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """Left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.y0 + self.y1) / 2

    @property
    def centre(self) -> float:
        """Half way across."""
        return (self.x0 + self.x1) / 2

    def beside(self, other: "Box") -> float:
        """How much of the lower one's height both share, 0 to 1."""
        common = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, common) / max(1e-6, min(self.height, other.height))

    def over(self, other: "Box") -> float:
        """How much of the narrower one's width both share, 0 to 1."""
        common = min(self.x1, other.x1) - max(self.x0, other.x0)
        return max(0.0, common) / max(1e-6, min(self.width, other.width))

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around some."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """`confidence` is None for a text that was not recognised but read."""

    text: str
    box: Box
    confidence: float | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set; `size` in the page's unit, 0 where unknown."""

    font: str = ""
    size: float = 0.0
    bold: bool = False
    italic: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand together at one height: a wide gap begins another line."""

    words: tuple[Word, ...]
    box: Box
    style: Style = PLAIN

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float | None:
        """That of its least sure word, if they were recognised."""
        known = [word.confidence for word in self.words if word.confidence is not None]
        return min(known) if known else None


def line_of(words: Sequence[Word], style: Style = PLAIN) -> Line:
    """A line of these words (at least one)."""
    return Line(tuple(words), around([word.box for word in words]), style)


@dataclass(frozen=True, slots=True)
class Cell:
    """`row` and `column` count from 1."""

    row: int
    column: int
    lines: tuple[Line, ...] = ()
    rowspan: int = 1
    colspan: int = 1
    box: Box | None = None
    header: bool = False

    @property
    def text(self) -> str:
        """Its lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells row by row, each where it begins."""

    cells: tuple[Cell, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """`source`: text (was in the file), ocr (recognised), flow (the file has no pages: places are
    made up in reading order). `rules` are drawn lines, `tables` are told by the file itself.
    `turned`: degrees clockwise by which it was turned from how the file shows it, to be read."""

    number: int
    width: float
    height: float
    unit: str = "pt"
    source: str = "text"
    lines: tuple[Line, ...] = ()
    rules: tuple[Box, ...] = ()
    pictures: tuple[Box, ...] = ()
    tables: tuple[Table, ...] = ()
    turned: int = 0


TEXT, TABLE, IMAGE, MATH = "text", "table", "image", "math"


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a page, in reading order; `continued_from` is the id of what it goes on with."""

    id: str
    type: str
    page: int
    box: Box
    lines: tuple[Line, ...] = ()
    cells: tuple[Cell, ...] = ()
    confidence: float = 1.0
    continued_from: str | None = None
    role: str = ""
    """heading, header, footer or nothing."""

    @property
    def text(self) -> str:
        """What is written in it: lines, or rows with tabs between cells."""
        if self.type != TABLE:
            return "\n".join(line.text for line in self.lines)
        rows: dict[int, list[str]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, []).append(cell.text.replace("\n", " "))
        return "\n".join("\t".join(texts) for texts in rows.values())


@dataclass(frozen=True, slots=True)
class Zones:
    """All zones of a document, and the sizes of its pages."""

    pages: tuple[Page, ...]
    zones: tuple[Zone, ...] = field(default=())
