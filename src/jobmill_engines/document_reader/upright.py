"""Which way up a picture of a page is: along which edge its lines run, and pieces of them.

NumPy on small grey copies; which of the two ways round is right readers tell from the pieces.
"""

from collections.abc import Iterator
from typing import Any

from jobmill_engines.document_reader.straight import (
    FEWEST_DOTS,
    SLANTS,
    dark_dots,
    sharpness_of,
)

MOST_PIECES = 24
_CLEARER = 1.2
"""How much sharper lines must be along the upright edge for a page to count as lying."""
_LETTER = 0.03
"""Of the longer side: straight strokes of letters are shorter."""
_TALLEST = 0.08
"""Of the page's height: what is taller is no line of text."""
_WIDEST, _NARROWEST = 7.0, 2.5
"""Of its height: how wide a piece of a line is."""
_APART = 1.5
"""Of its height: a wider gap ends a piece."""


def lies(picture: Any) -> bool:
    """Whether its lines of text run from top to bottom, or from bottom to top."""
    dark = _letters(picture)
    if int(dark.sum()) < FEWEST_DOTS:
        return False
    return _sharpest(dark.T) > _CLEARER * _sharpest(dark)


def quarters_turned(picture: Any, quarters: int) -> Any:
    """It turned clockwise by that many right angles."""
    from PIL import Image

    turns = {
        1: Image.Transpose.ROTATE_270,
        2: Image.Transpose.ROTATE_180,
        3: Image.Transpose.ROTATE_90,
    }
    return picture.transpose(turns[quarters]) if quarters in turns else picture


def pieces_of_lines(picture: Any) -> list[Any]:
    """Pictures of some words each, from all over a page whose lines run across."""
    dark = _letters(picture)
    scale = picture.width / dark.shape[1]
    found = [piece for top, bottom in _bands(dark) for piece in _pieces(dark, top, bottom)]
    step = max(1, len(found) // MOST_PIECES)
    chosen = found[::step][:MOST_PIECES]
    return [picture.crop(tuple(round(side * scale) for side in box)) for box in chosen]


def _letters(picture: Any) -> Any:
    """Where it is dark, without what goes on straight for longer than a letter: lines, areas."""
    dark = dark_dots(picture)
    length = max(12, int(_LETTER * max(dark.shape)))
    return dark & ~_long(dark, length) & ~_long(dark.T, length).T


def _long(dark: Any, length: int) -> Any:
    """Dots of dark runs along rows of at least that length."""
    import numpy as np

    sums = np.cumsum(np.pad(dark.astype(np.int32), ((0, 0), (1, 0))), axis=1)
    full = (sums[:, length:] - sums[:, :-length]) == length
    begun = np.cumsum(np.pad(full.astype(np.int32), ((0, 0), (length, length - 1))), axis=1)
    return (begun[:, length:] - begun[:, :-length])[:, : dark.shape[1]] > 0


def _sharpest(dark: Any) -> float:
    """How clearly rows of letters and empty rows take turns, along the slant that shows it best."""
    return max(map(sharpness_of(dark), SLANTS)) * float(dark.shape[0])


def _bands(dark: Any) -> Iterator[tuple[int, int]]:
    """(first row, row behind the last) of rows of letters."""
    import numpy as np

    counts = dark.sum(axis=1)
    some = counts > max(2.0, 0.1 * float(np.percentile(counts, 95)))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], some.astype(np.int8), [0]))))
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if 4 <= bottom - top <= _TALLEST * dark.shape[0]:
            yield int(top), int(bottom)


def _pieces(dark: Any, top: int, bottom: int) -> Iterator[tuple[int, int, int, int]]:
    """The longest run of words in a band, as much of it as is of use."""
    import numpy as np

    high = bottom - top
    columns = np.flatnonzero(dark[top:bottom].any(axis=0))
    if not len(columns):
        return
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > _APART * high) + 1)
    longest = max(parts, key=lambda part: int(part[-1] - part[0]))
    left, right = int(longest[0]), int(longest[-1]) + 1
    if right - left >= _NARROWEST * high:
        right = min(right, left + int(_WIDEST * high))
        height, width = dark.shape
        yield max(0, left - 2), max(0, top - 2), min(width, right + 2), min(height, bottom + 2)
