"""Draws lines and dots into pictures: what lies near to a segment takes its colour. Pure numpy."""

import numpy as np

from jobmill_engines.motion.cropping import Picture
from jobmill_engines.motion.rotations import Array

Colour = tuple[int, int, int]


def draw_line(picture: Picture, a: Array, b: Array, thick: float, colour: Colour) -> None:
    """A line from a to b (pixels), `thick` its half width, with a soft edge; a dot where they are
    one. What is outside of the picture is left out."""
    height, width = picture.shape[:2]
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    low = np.floor(np.minimum(a, b) - thick - 1)
    high = np.ceil(np.maximum(a, b) + thick + 2)
    left, top = (max(0, int(min(each, 1e6))) for each in low)
    right, bottom = min(width, int(min(high[0], 1e6))), min(height, int(min(high[1], 1e6)))
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right) + 0.5 - a[0]
    y = np.arange(top, bottom)[:, None] + 0.5 - a[1]
    along = b - a
    length = float(along @ along)
    share = (
        np.clip((x * along[0] + y * along[1]) / length, 0, 1)
        if length > 1e-9
        else np.zeros_like(x * y)
    )
    far = np.hypot(x - share * along[0], y - share * along[1])
    cover = np.clip(thick + 0.5 - far, 0.0, 1.0)[..., None]
    patch = picture[top:bottom, left:right, :3]
    patch[:] = (patch + (np.array(colour) - patch.astype(np.float64)) * cover).astype(np.uint8)
