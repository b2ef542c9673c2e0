"""Lines to blocks in reading order: columns, then paragraphs, then changes of style. Pure."""

from collections.abc import Iterator, Sequence

from jobmill_engines.documents.model import Line
from jobmill_engines.ocr.model import Line as Placed
from jobmill_engines.ocr.order import paragraphs_of

_OTHER_SIZE = 1.2


def blocks_of(lines: Sequence[Line]) -> list[list[Line]]:
    """What is read together."""
    known: dict[int, Line] = {}
    placed = []
    for line in lines:
        box = line.box
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        one = Placed("", 1.0, corners)
        known[id(one)] = line
        placed.append(one)
    found = paragraphs_of(placed)
    return [
        block
        for rows in found
        for block in _by_style([[known[id(one)] for one in row] for row in rows])
    ]


def _by_style(rows: Sequence[Sequence[Line]]) -> Iterator[list[Line]]:
    """Where the size of the letters changes, or bold lines end, another block begins."""
    block: list[Line] = []
    last: Line | None = None
    for row in rows:
        first = row[0]
        if last is not None and _differs(last, first):
            yield block
            block = []
        block.extend(row)
        last = first
    if block:
        yield block


def _differs(last: Line, line: Line) -> bool:
    low, high = sorted((last.box.height, line.box.height))
    larger = high > _OTHER_SIZE * low and bool(last.style.size and line.style.size)
    titled = last.style.bold and not line.style.bold and len(last.words) <= 12
    return larger or (titled and last.box.beside(line.box) < 0.3)
