"""Words to lines: what stands at one height, split at wide gaps and at drawn rules. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from jobmill_engines.documents.model import PLAIN, Box, Line, Style, Word, line_of

GAP = 0.95
"""Of a line's height: a wider gap between two words begins another line."""
_BESIDE = 0.5

StyleOf = Callable[[Sequence[Word]], Style]


def _plain(_: Sequence[Word]) -> Style:
    return PLAIN


def lines_of(
    words: Iterable[Word], rules: Sequence[Box] = (), style_of: StyleOf = _plain
) -> list[Line]:
    """The lines of a page, from top to bottom and left to right."""
    upright = [rule for rule in rules if rule.height > 2 * rule.width]
    return [
        line_of(part, style_of(part))
        for row in rows_of(words)
        for part in _parts(row, _between(row, upright))
    ]


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words at one height, whatever is between them, from left to right."""
    rows: list[list[Word]] = []
    tops: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda each: each.box.middle):
        box = word.box
        for at in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            top, bottom = tops[at]
            common = min(bottom, box.y1) - max(top, box.y0)
            if common > _BESIDE * min(bottom - top, box.height):
                rows[at].append(word)
                break
        else:
            rows.append([word])
            tops.append((box.y0, box.y1))
    return [sorted(row, key=lambda each: each.box.x0) for row in rows]


def _between(row: Sequence[Word], rules: Sequence[Box]) -> list[float]:
    middle = median(word.box.middle for word in row)
    return [rule.centre for rule in rules if rule.y0 <= middle <= rule.y1]


def _parts(row: Sequence[Word], rules: Sequence[float]) -> Iterator[list[Word]]:
    part = [row[0]]
    for before, word in pairwise(row):
        gap = word.box.x0 - before.box.x1
        high = min(before.box.height, word.box.height)
        ruled = any(before.box.centre < rule < word.box.centre for rule in rules)
        if gap > GAP * high or (ruled and gap > 0):
            yield part
            part = []
        part.append(word)
    yield part
