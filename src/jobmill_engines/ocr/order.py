"""The order in which the lines of a page are read: columns, rows, paragraphs. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from jobmill_engines.ocr.model import Line

Row = list[Line]
_STEPS = 96
_CROSSING = 0.25
"""Lines that may go across two columns: headings."""
_PROSE = 0.2
"""Of the page's width: what is narrower is a table, not a column of prose."""
_FEWEST = 3
_GAP, _WIDE_GAP = 0.9, 2.5
"""Empty rows, in heights of a row, that part paragraphs, and that part everything."""


def paragraphs_of(lines: Sequence[Line]) -> list[list[Row]]:
    """The page as paragraphs of rows; lines at one height are one row, from left to right.

    Columns of prose are read one after the other, rows of a table across.
    """
    found: list[list[Row]] = []
    for band in _bands(lines):
        for block in _blocks(band):
            found += _paragraphs(_rows(block))
    return found


def text_of(paragraphs: Sequence[Sequence[Row]]) -> str:
    """The page's text: a line for each row, a blank one between paragraphs."""
    return "\n\n".join(
        "\n".join(" ".join(line.text for line in row) for row in rows) for rows in paragraphs
    )


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """What wide empty stretches part from top to bottom: nothing goes on across them."""
    height = median(each.bottom - each.top for each in lines) if lines else 0.0
    bands: list[list[Line]] = []
    reached = 0.0
    for line in sorted(lines, key=lambda each: each.top):
        if not bands or line.top - reached > _WIDE_GAP * height:
            bands.append([])
        bands[-1].append(line)
        reached = max(reached, line.bottom)
    return bands


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """What is read as one: a column, or what stands above or below all columns."""
    place = _gutter(lines)
    if place is None:
        return [lines] if lines else []
    across = sorted((each for each in lines if _crosses(each, place)), key=lambda each: each.top)
    rest = [each for each in lines if not _crosses(each, place)]
    blocks: list[list[Line]] = []
    for line in [*across, None]:
        above = [each for each in rest if line is None or _middle(each) < _middle(line)]
        rest = [each for each in rest if each not in above]
        blocks += _blocks([each for each in above if each.right <= place])
        blocks += _blocks([each for each in above if each.left >= place])
        if line is not None:
            blocks.append([line])
    return [block for block in _merged(blocks, across) if block]


def _merged(blocks: list[list[Line]], across: list[Line]) -> list[list[Line]]:
    """Lines across the columns that follow one another are one block."""
    merged: list[list[Line]] = []
    for block in blocks:
        both = merged and block[:1] and merged[-1][-1] in across and block[0] in across
        if both:
            merged[-1] += block
        else:
            merged.append(list(block))
    return merged


def _gutter(lines: list[Line]) -> float | None:
    """Where two columns of prose part, if they do: few lines cross it, and both sides are wide."""
    if len(lines) < 2 * _FEWEST:
        return None
    left, right = min(each.left for each in lines), max(each.right for each in lines)
    places = [left + (right - left) * step / _STEPS for step in range(1, _STEPS)]
    fits = [each for each in places if _parts_columns(lines, each, right - left)]
    if not fits:
        return None
    fewest = min(sum(_crosses(each, place) for each in lines) for place in fits)
    best = [place for place in fits if sum(_crosses(each, place) for each in lines) == fewest]
    return best[len(best) // 2]


def _parts_columns(lines: list[Line], place: float, width: float) -> bool:
    sides = (
        [each for each in lines if each.right <= place],
        [each for each in lines if each.left >= place],
    )
    if any(len(side) < _FEWEST for side in sides):
        return False
    if len(lines) - sum(map(len, sides)) > _CROSSING * len(lines):
        return False
    if any(median(each.right - each.left for each in side) < _PROSE * width for side in sides):
        return False
    tops = [min(each.top for each in side) for side in sides]
    bottoms = [max(each.bottom for each in side) for side in sides]
    shorter = min(bottom - top for bottom, top in zip(bottoms, tops, strict=True))
    return min(bottoms) - max(tops) > shorter / 2


def _crosses(line: Line, place: float) -> bool:
    return line.left < place < line.right


def _middle(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _rows(lines: list[Line]) -> list[Row]:
    """Lines whose heights overlap by half are one row."""
    rows: list[Row] = []
    for line in sorted(lines, key=_middle):
        if rows and _same_row(rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _same_row(row: Row, line: Line) -> bool:
    top, bottom = median(each.top for each in row), median(each.bottom for each in row)
    common = min(bottom, line.bottom) - max(top, line.top)
    return common > 0.5 * min(bottom - top, line.bottom - line.top)


def _paragraphs(rows: list[Row]) -> list[list[Row]]:
    """Rows that stand closer than most of a row's height."""
    if not rows:
        return []
    height = median(max(e.bottom for e in row) - min(e.top for e in row) for row in rows)
    found = [[rows[0]]]
    for before, row in pairwise(rows):
        gap = min(each.top for each in row) - max(each.bottom for each in before)
        if gap > _GAP * height:
            found.append([])
        found[-1].append(row)
    return found
