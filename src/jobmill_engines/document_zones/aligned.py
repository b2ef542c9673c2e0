"""Tables without drawn cells: rows whose parts stand below one another in at least three columns.

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from jobmill_engines.document_zones.grid import Found
from jobmill_engines.documents.model import Cell, Line, around

Row = list[Line]
_COLUMNS = 3
_ROWS = 2
_FAR = 2.6
"""Empty rows, in heights of a row, that end a table."""
_WIDE = 0.55
"""Of the page: what is wider is prose."""


@dataclass(slots=True)
class _Run:
    """Rows that may be one table, and where its columns are."""

    rows: list[Row]
    columns: list[tuple[float, float]]


def aligned_tables(lines: Sequence[Line], width: float) -> tuple[list[Found], list[Line]]:
    """The tables, and the lines outside of them."""
    rows = _rows(lines)
    found: list[Found] = []
    taken: set[int] = set()
    at = 0
    while at < len(rows):
        run = _run(rows, at, width)
        if run is None:
            at += 1
            continue
        found.append(_table(run))
        taken.update(id(line) for row in run.rows for line in row)
        at += len(run.rows)
    return found, [line for line in lines if id(line) not in taken]


def _rows(lines: Sequence[Line]) -> list[Row]:
    rows: list[Row] = []
    for line in sorted(lines, key=lambda each: each.box.middle):
        if rows and rows[-1][0].box.beside(line.box) > 0.5:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


def _run(rows: Sequence[Row], start: int, width: float) -> _Run | None:
    """The longest table that begins with this row."""
    if len(rows[start]) < _COLUMNS or any(line.box.width > _WIDE * width for line in rows[start]):
        return None
    columns = [(line.box.x0, line.box.x1) for line in rows[start]]
    taken = [rows[start]]
    full = 1
    for row in rows[start + 1 :]:
        high = median(line.box.height for line in taken[-1])
        gap = min(line.box.y0 for line in row) - max(line.box.y1 for line in taken[-1])
        grown = _with(columns, row)
        if gap > _FAR * high or grown is None:
            break
        if len(row) == 1 and gap > 0.9 * high:
            break
        columns = grown
        taken.append(row)
        full += len(row) >= _COLUMNS
    while len(taken[-1]) == 1 and len(taken) > 1 and _wide_row(taken[-1], columns):
        taken.pop()
    return _Run(taken, columns) if full >= _ROWS and len(columns) >= _COLUMNS else None


def _wide_row(row: Row, columns: list[tuple[float, float]]) -> bool:
    return row[0].box.x1 > columns[0][1] + (columns[-1][1] - columns[0][0]) * 0.2


def _with(columns: list[tuple[float, float]], row: Row) -> list[tuple[float, float]] | None:
    """The columns, grown by a row that fits them: each of its parts lies in one column."""
    grown = list(columns)
    used: set[int] = set()
    for line in row:
        hit = [
            number
            for number, (left, right) in enumerate(grown)
            if line.box.x0 < right and line.box.x1 > left
        ]
        if len(hit) != 1 or hit[0] in used:
            return None
        used.add(hit[0])
        left, right = grown[hit[0]]
        grown[hit[0]] = (min(left, line.box.x0), max(right, line.box.x1))
    return grown


def _table(run: _Run) -> Found:
    cells: list[Cell] = []
    number = 0
    for row in run.rows:
        parts = {_column(run.columns, line): line for line in row}
        if number and len(parts) == 1 and _goes_on(parts, cells, number):
            _append(cells, number, *next(iter(parts.items())))
            continue
        number += 1
        for column in range(len(run.columns)):
            line = parts.get(column)
            cells.append(Cell(number, column + 1, (line,) if line else ()))
    box = around([line.box for row in run.rows for line in row])
    full = sum(bool(cell.lines) for cell in cells) / len(cells)
    return Found(box, tuple(cells), round(0.6 + 0.3 * full, 3))


def _column(columns: Sequence[tuple[float, float]], line: Line) -> int:
    return max(
        range(len(columns)),
        key=lambda n: min(columns[n][1], line.box.x1) - max(columns[n][0], line.box.x0),
    )


def _goes_on(parts: dict[int, Line], cells: Sequence[Cell], number: int) -> bool:
    """Whether a row's only part is the next line of the cell above it."""
    column, line = next(iter(parts.items()))
    above = [cell for cell in cells if cell.row == number and cell.column == column + 1]
    if not above or not above[0].lines:
        return False
    last = above[0].lines[-1].box
    alike = 0.87 < line.box.height / max(1e-6, last.height) < 1.15
    return alike and line.box.y0 - last.y1 < 0.7 * last.height and number > 1


def _append(cells: list[Cell], number: int, column: int, line: Line) -> None:
    for at, cell in enumerate(cells):
        if cell.row == number and cell.column == column + 1:
            cells[at] = Cell(cell.row, cell.column, (*cell.lines, line))
