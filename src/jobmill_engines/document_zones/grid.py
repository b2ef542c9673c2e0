"""Tables whose cells are drawn: a grid of rules, with cells that span several. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobmill_engines.document_zones.bands import with_rows
from jobmill_engines.documents.lines import lines_of
from jobmill_engines.documents.model import Box, Cell, Line, Word, around, line_of

_SNAP = 3.0
_REACH = 4.0
_THIN = 4.0
_CONFIDENCE = 0.98
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Found:
    """A table and how sure it is that it is one."""

    box: Box
    cells: tuple[Cell, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the columns and rows part, and which rules are drawn there."""

    xs: list[float]
    ys: list[float]
    across: list[Box]
    upright: list[Box]


def ruled_tables(lines: Sequence[Line], rules: Sequence[Box]) -> tuple[list[Found], list[Line]]:
    """The drawn tables, and the lines outside of them."""
    across = _joined([r for r in rules if r.height <= _THIN and r.width > _THIN], upright=False)
    upright = _joined([r for r in rules if r.width <= _THIN and r.height > _THIN], upright=True)
    rest = list(lines)
    found: list[Found] = []
    for grid in _grids(across, upright):
        inside = [line for line in rest if _holds(grid, line)]
        cells = _cells(grid, inside)
        filled = [cell for cell in cells if cell.lines]
        if len({c.row for c in filled}) >= 2 and len({c.column for c in filled}) >= 2:
            box = Box(grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1])
            found.append(Found(box, with_rows(cells), _CONFIDENCE))
            rest = [line for line in rest if not _holds(grid, line)]
    return found, rest


def _joined(rules: Sequence[Box], *, upright: bool) -> list[Box]:
    """Pieces of one line as one."""
    turned = [_turn(rule) for rule in rules] if upright else list(rules)
    made: list[Box] = []
    for rule in sorted(turned, key=lambda r: (round(r.middle / _SNAP), r.x0))[:4000]:
        last = made[-1] if made else None
        if last and abs(last.middle - rule.middle) <= _SNAP and _meet(last, rule):
            made[-1] = around([last, rule])
        else:
            made.append(rule)
    return [_turn(rule) for rule in made] if upright else made


def _meet(one: Box, other: Box) -> bool:
    return one.x0 <= other.x1 + _SNAP and other.x0 <= one.x1 + _SNAP


def _turn(box: Box) -> Box:
    return Box(box.y0, box.x0, box.y1, box.x1)


def _grids(across: list[Box], upright: list[Box]) -> Iterable[_Grid]:
    """Rules that touch one another, as grids with at least four cells."""
    rules = [*across[:_MOST_LINES], *upright[:_MOST_LINES]]
    group = list(range(len(rules)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    flat = min(len(across), _MOST_LINES)
    for one in range(flat):
        for other in range(flat, len(rules)):
            if _touch(rules[one], rules[other]):
                group[root(one)] = root(other)
    members: dict[int, list[int]] = {}
    for at in range(len(rules)):
        members.setdefault(root(at), []).append(at)
    for found in members.values():
        flats = [rules[at] for at in found if at < flat]
        ups = [rules[at] for at in found if at >= flat]
        xs, ys = _places(up.centre for up in ups), _places(one.middle for one in flats)
        if len(xs) >= 2 and len(ys) >= 2 and (len(xs) - 1) * (len(ys) - 1) >= 4:
            yield _Grid(xs, ys, flats, ups)


def _touch(flat: Box, up: Box) -> bool:
    inside = flat.x0 - _REACH <= up.centre <= flat.x1 + _REACH
    return inside and up.y0 - _REACH <= flat.middle <= up.y1 + _REACH


def _places(values: Iterable[float]) -> list[float]:
    """Without those that are nearly the same."""
    made: list[float] = []
    for value in sorted(values):
        if not made or value - made[-1] > _SNAP:
            made.append(value)
    return made


def _holds(grid: _Grid, line: Line) -> bool:
    x, y = line.box.centre, line.box.middle
    return grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= y <= grid.ys[-1]


def _cells(grid: _Grid, lines: Sequence[Line]) -> list[Cell]:
    """Cells row by row; one without a rule to its neighbour takes it in."""
    words = _words_by_cell(grid, lines)
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(len(grid.ys) - 1):
        for column in range(len(grid.xs) - 1):
            if (row, column) in taken:
                continue
            down, right = _span(grid, row, column, taken)
            if down > 1 and _one_line_a_row(words, range(row, row + down), column, right):
                down = 1
            room = [(r, c) for r in range(row, row + down) for c in range(column, column + right)]
            taken.update(room)
            inside = [word for place in room for word in words.get(place, ())]
            box = Box(grid.xs[column], grid.ys[row], grid.xs[column + right], grid.ys[row + down])
            cells.append(Cell(row + 1, column + 1, _set(inside), down, right, box))
    return cells


def _set(inside: Sequence[tuple[Word, Line]]) -> tuple[Line, ...]:
    """The words of a cell as lines, in the style that they had."""
    styles = {id(word): line.style for word, line in inside}
    made = lines_of(word for word, _ in inside)
    return tuple(line_of(one.words, styles[id(one.words[0])]) for one in made)


def _one_line_a_row(
    words: dict[tuple[int, int], list[tuple[Word, Line]]], rows: range, column: int, right: int
) -> bool:
    """Room that no rule parts, with one line for each row beside it: that is no merged cell."""
    counts = []
    for row in rows:
        inside = [each for c in range(column, column + right) for each in words.get((row, c), ())]
        counts.append(len(_set(inside)))
    return all(count == 1 for count in counts)


def _words_by_cell(
    grid: _Grid, lines: Sequence[Line]
) -> dict[tuple[int, int], list[tuple[Word, Line]]]:
    found: dict[tuple[int, int], list[tuple[Word, Line]]] = {}
    for line in lines:
        for word in line.words:
            row, column = _slot(grid.ys, word.box.middle), _slot(grid.xs, word.box.centre)
            found.setdefault((row, column), []).append((word, line))
    return found


def _slot(places: Sequence[float], value: float) -> int:
    below = sum(place <= value for place in places) - 1
    return min(max(below, 0), len(places) - 2)


def _span(grid: _Grid, row: int, column: int, taken: set[tuple[int, int]]) -> tuple[int, int]:
    """How many rows and columns the cell that begins here has."""
    right = 1
    middle = (grid.ys[row] + grid.ys[row + 1]) / 2
    while column + right < len(grid.xs) - 1 and not _drawn(
        grid.upright, grid.xs[column + right], middle, upright=True
    ):
        if (row, column + right) in taken:
            break
        right += 1
    down = 1
    while row + down < len(grid.ys) - 1:
        below = range(column, column + right)
        centres = [(grid.xs[c] + grid.xs[c + 1]) / 2 for c in below]
        y = grid.ys[row + down]
        if any(_drawn(grid.across, y, centre, upright=False) for centre in centres):
            break
        if any((row + down, c) in taken for c in below):
            break
        down += 1
    return down, right


def _drawn(rules: Sequence[Box], place: float, at: float, *, upright: bool) -> bool:
    if upright:
        return any(abs(r.centre - place) <= _SNAP and r.y0 - 1 <= at <= r.y1 + 1 for r in rules)
    return any(abs(r.middle - place) <= _SNAP and r.x0 - 1 <= at <= r.x1 + 1 for r in rules)
