"""Rows that no rule parts: a drawn band whose cells have lines at the same heights is several rows.

Pure.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from jobmill_engines.documents.model import Box, Cell, Line

_COLUMNS = 3
_SHARE = 0.6


def with_rows(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The same cells, with such bands split, and rows counted anew."""
    made: list[Cell] = []
    more = 0
    for number in sorted({cell.row for cell in cells}):
        band = [cell for cell in cells if cell.row == number]
        tops = _tops(band)
        crossed = any(
            cell.row < number < cell.row + cell.rowspan or cell.rowspan > 1
            for cell in cells
            if cell.row <= number < cell.row + cell.rowspan
        )
        if crossed or len(tops) < 2:
            made += [replace(cell, row=cell.row + more) for cell in band]
            continue
        for cell in band:
            made += _split(cell, tops, number + more)
        more += len(tops) - 1
    return tuple(sorted(made, key=lambda cell: (cell.row, cell.column)))


def _tops(band: Sequence[Cell]) -> list[float]:
    """Where rows begin: heights at which most of the filled cells have a line."""
    filled = [cell for cell in band if cell.lines]
    if len(filled) < _COLUMNS or max(len(cell.lines) for cell in filled) < 2:
        return []
    rows: list[list[tuple[int, Line]]] = []
    lines = [(number, line) for number, cell in enumerate(filled) for line in cell.lines]
    for number, line in sorted(lines, key=lambda each: each[1].box.middle):
        if rows and rows[-1][0][1].box.beside(line.box) > 0.5:
            rows[-1].append((number, line))
        else:
            rows.append([(number, line)])
    least = max(2.0, _SHARE * len(filled))
    full = [row for row in rows if len({number for number, _ in row}) >= least]
    return [min(line.box.y0 for _, line in row) for row in full]


def _split(cell: Cell, tops: Sequence[float], row: int) -> list[Cell]:
    """A cell for each row, with the lines from its top to the next one's."""
    box = cell.box
    edges = [float("-inf"), *(top - 2.0 for top in tops[1:]), float("inf")]
    made = []
    for number, (top, bottom) in enumerate(pairwise(edges)):
        lines = tuple(line for line in cell.lines if top <= line.box.y0 < bottom)
        place = Box(box.x0, max(box.y0, top), box.x1, min(box.y1, bottom)) if box else None
        made.append(replace(cell, row=row + number, lines=lines, box=place))
    return made
