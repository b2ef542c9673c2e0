"""Draws lines and dots into pictures as the encoder wants them (YUV 4:2:0). Pure numpy.

A picture is one array (3/2 height, width): a plane of brightness over two of colour, each a quarter
of it; its sides are even.
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array

Plane = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Y, U and V, 0 to 255."""


class Canvas:
    """One picture to draw on."""

    def __init__(self, picture: Plane) -> None:
        height, width = picture.shape[0] * 2 // 3, picture.shape[1]
        quarter = (height // 2, width // 2)
        size = quarter[0] * quarter[1]
        flat = picture.reshape(-1)
        self._bright = picture[:height]
        self._colours = tuple(
            flat[begin : begin + size].reshape(quarter)
            for begin in (height * width, height * width + size)
        )

    def line(self, a: Array, b: Array, thick: float, colour: Colour) -> None:
        """A line from a to b (pixels), `thick` its half width; a dot where they are one. What is
        outside of the picture is left out."""
        _line(self._bright, a, b, thick, colour[0])
        for plane, value in zip(self._colours, colour[1:], strict=True):
            _line(plane, a / 2, b / 2, max(thick / 2, 0.6), value)


def _line(plane: Plane, a: Array, b: Array, thick: float, value: int) -> None:
    height, width = plane.shape
    left = max(0, int(min(a[0], b[0]) - thick - 1))
    top = max(0, int(min(a[1], b[1]) - thick - 1))
    right = min(width, int(max(a[0], b[0]) + thick + 2))
    bottom = min(height, int(max(a[1], b[1]) + thick + 2))
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - a[0])
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5 - a[1])
    across, down = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
    length = across * across + down * down
    if length > 1e-6:
        share = np.clip((x * across + y * down) / length, 0, 1)
        far = np.hypot(x - share * across, y - share * down)
    else:
        far = np.hypot(x, y)
    cover = np.clip(thick + 0.5 - far, 0, 1)
    patch = plane[top:bottom, left:right]
    patch[:] = (patch + (np.float32(value) - patch) * cover).astype(np.uint8)
