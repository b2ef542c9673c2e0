"""Pictures of pages put straight: how far a scan is turned, and where lines are drawn in it.

NumPy on small grey copies; nothing is recognised here.
"""

from collections.abc import Callable
from typing import Any

from jobmill_engines.documents.model import Box

MOST_DEGREES = 7.0
_LOOKED_AT = 1000
"""Pixels of the longer side of the copy that is looked at."""
_MOST_DOTS, FEWEST_DOTS = 60_000, 200
SLANTS = tuple(each * 0.5 for each in range(int(-MOST_DEGREES * 2), int(MOST_DEGREES * 2) + 1))
"""Degrees that are tried first."""
_WORTH = 0.12
"""Degrees: less is left as it is."""
_SURER = 1.03
_RULE = 0.05
"""Of the longer side: what is shorter is no drawn line."""
_THICK = 4
_DARK = 0.6


def skew_of(picture: Any) -> float:
    """Degrees by which the lines of text fall to the right; 0 where nothing shows it."""
    dark = dark_dots(picture)
    if int(dark.sum()) < FEWEST_DOTS:
        return 0.0
    sharpness = sharpness_of(dark)
    best = max(SLANTS, key=sharpness)
    fine = [best + each * 0.1 for each in range(-5, 6)]
    best = max(fine, key=sharpness)
    if abs(best) < _WORTH or sharpness(best) < _SURER * sharpness(0.0):
        return 0.0
    return float(best)


def sharpness_of(dark: Any) -> Callable[[float], float]:
    """How clearly rows of dots and empty rows take turns, if they fall by that many degrees."""
    import numpy as np

    ys, xs = np.nonzero(dark)
    step = max(1, len(xs) // _MOST_DOTS)
    ys, xs = ys[::step].astype(np.float64), xs[::step].astype(np.float64)

    def sharpness(angle: float) -> float:
        rows = ys - xs * np.tan(np.radians(angle))
        counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
        return float(np.square(np.diff(counts)).sum())

    return sharpness


def straightened(picture: Any, angle: float) -> Any:
    """The same picture turned back by that angle, its corners filled with white."""
    if not angle:
        return picture
    from PIL import Image

    return picture.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def drawn_rules(picture: Any) -> list[Box]:
    """Straight lines along the edges, in pixels of the picture."""
    dark = dark_dots(picture)
    scale = picture.width / dark.shape[1]
    least = max(20, int(_RULE * max(dark.shape)))
    across = [Box(x0, y0, x1, y1) for x0, y0, x1, y1 in _runs(dark, least)]
    upright = [Box(y0, x0, y1, x1) for x0, y0, x1, y1 in _runs(dark.T, least)]
    return [Box(*(side * scale for side in box)) for box in (*across, *upright)]


def without_rules(picture: Any, rules: list[Box]) -> Any:
    """A copy without these lines and without grain: Tesseract takes both for letters."""
    from PIL import ImageDraw, ImageFilter

    clean = picture.filter(ImageFilter.MedianFilter(3))
    pen = ImageDraw.Draw(clean)
    spare = max(2, round(max(picture.size) / _LOOKED_AT))
    for rule in rules:
        pen.rectangle(
            (rule.x0 - spare, rule.y0 - spare, rule.x1 + spare, rule.y1 + spare),
            fill=(255, 255, 255),
        )
    return clean


def dark_dots(picture: Any) -> Any:
    """Where a small copy of the picture is dark."""
    import numpy as np
    from PIL import Image

    grey = picture.convert("L")
    factor = max(1, round(max(grey.size) / _LOOKED_AT))
    if factor > 1:
        size = (max(1, grey.width // factor), max(1, grey.height // factor))
        grey = grey.resize(size, Image.Resampling.BOX)
    pixels = np.asarray(grey).astype(np.float32)
    light = float(np.percentile(pixels, 90))
    black = float(np.percentile(pixels, 0.5))
    return pixels < black + (light - black) * _DARK


def _runs(dark: Any, least: int) -> list[tuple[float, float, float, float]]:
    """(x0, y0, x1, y1) of dark runs of at least that length that are not thick."""
    import numpy as np

    width = dark.shape[1]
    if width <= least:
        return []
    sums = np.cumsum(np.pad(dark.astype(np.int32), ((0, 0), (1, 0))), axis=1)
    full = (sums[:, least:] - sums[:, :-least]) >= 0.93 * least
    rows: list[tuple[int, int, int]] = []
    for y in np.nonzero(full.any(axis=1))[0]:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], full[y].astype(np.int8), [0]))))
        rows += [
            (int(y), int(a), int(b) + least - 1)
            for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
    return [box for box in _together(rows) if box[3] - box[1] <= _THICK]


def _together(rows: list[tuple[int, int, int]]) -> list[tuple[float, float, float, float]]:
    """Runs in neighbouring rows as one."""
    made: list[list[float]] = []
    for y, x0, x1 in rows:
        for box in made:
            if y - box[3] <= 2 and x0 < box[2] and x1 > box[0]:
                box[:] = [min(box[0], x0), box[1], max(box[2], x1), y]
                break
        else:
            made.append([x0, y, x1, y])
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in made]
