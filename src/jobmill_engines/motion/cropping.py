"""Cuts turned squares out of pictures, and lays whole pictures on squares. Pure numpy.

Pictures are (height, width, 4) bytes, of which three are colours: four bytes are fetched as one.
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.regions import Floats, Region

Picture = NDArray[np.uint8]
_SCALE = np.float32(1 / 255)


def cut(picture: Picture, region: Region, side: int) -> Floats:
    """The square (side, side, 3), 0 to 1, between pixels blended; beyond the edge it goes on."""
    height, width = picture.shape[:2]
    step = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side) - np.float32(
        0.5
    )
    cos, sin = np.float32(np.cos(region.angle)), np.float32(np.sin(region.angle))
    size = np.float32(region.size)
    x = np.float32(region.x - 0.5) + size * (step[None, :] * cos - step[:, None] * sin)
    y = np.float32(region.y - 0.5) + size * (step[None, :] * sin + step[:, None] * cos)
    np.clip(x, 0, width - 1, out=x)
    np.clip(y, 0, height - 1, out=y)
    left, top = x.astype(np.int32), y.astype(np.int32)
    np.minimum(left, max(width - 2, 0), out=left)
    np.minimum(top, max(height - 2, 0), out=top)
    x -= left
    y -= top
    return _blended(picture, left, top, x, y)


def _blended(
    picture: Picture, left: NDArray[np.int32], top: NDArray[np.int32], x: Floats, y: Floats
) -> Floats:
    """Each pixel with its right, lower and opposite neighbour, by x and y (0 to 1); 0 to 1."""
    height, width = picture.shape[:2]
    packed = picture.view(np.uint32).ravel()
    place = top * width + left
    right, below = int(width > 1), width * int(height > 1)

    def fetched(offset: int) -> Floats:
        pixels = packed.take(place + offset).view(np.uint8).reshape(*place.shape, 4)
        colours: Floats = pixels[..., :3].astype(np.float32)
        return colours

    x, y = x[..., None], y[..., None]
    upper = fetched(0)
    upper += (fetched(right) - upper) * x
    lower = fetched(below)
    lower += (fetched(below + right) - lower) * x
    upper += (lower - upper) * y
    upper *= _SCALE
    return upper


def squared(picture: Picture, side: int) -> Floats:
    """A picture whose longer side is `side`, in the middle of a black square, -1 to 1."""
    height, width = picture.shape[:2]
    made = np.full((side, side, 3), -1.0, dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    made[top : top + height, left : left + width] = picture[..., :3] / np.float32(127.5) - 1
    return made
