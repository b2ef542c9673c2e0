"""Cuts turned squares out of pictures, and lays whole pictures on squares. Pure numpy.

Pictures are (height, width, 4) bytes, of which three are colours: four bytes are fetched as one.
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.regions import Floats, Region

Picture = NDArray[np.uint8]
_SCALE = np.float32(1 / 255)
_EVEN = np.uint32(0x00FF00FF)
_BYTE = np.uint32(8)
Packed = NDArray[np.uint32]


def cut(picture: Picture, region: Region, side: int) -> Floats:
    """The square (side, side, 3), 0 to 1, between pixels blended; beyond the edge it goes on.

    In whole numbers, of which 256 are a pixel: right to 1/256 of a pixel and 3/255 of a colour.
    """
    height, width = picture.shape[:2]
    if height < 2 or width < 2:
        picture = np.ascontiguousarray(np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1))
        height, width = picture.shape[:2]
    step = ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32)
    cos, sin = (np.float32(256 * region.size * f(region.angle)) for f in (np.cos, np.sin))
    x = (step * cos)[None, :] - (step * sin)[:, None] + np.float32(256 * (region.x - 0.5))
    y = (step * sin)[None, :] + (step * cos)[:, None] + np.float32(256 * (region.y - 0.5))
    across = np.clip(x, 0, (width - 1) * 256 - 1).astype(np.int32)
    down = np.clip(y, 0, (height - 1) * 256 - 1).astype(np.int32)
    place = (down >> 8) * width + (across >> 8)
    across, down = across & 255, down & 255
    pixels = picture.view(np.uint32).ravel()
    upper, lower = (
        _blended(
            pixels[begin:].take(place), pixels[begin + 1 :].take(place), across.view(np.uint32)
        )
        for begin in (0, width)
    )
    blended = _blended(upper, lower, down.view(np.uint32)).view(np.uint8)
    made = np.empty((side, side, 3), dtype=np.float32)
    np.multiply(blended.reshape(side, side, 4)[..., :3], _SCALE, out=made)
    return made


def _blended(a: Packed, b: Packed, share: Packed) -> Packed:
    """Four bytes at once: a + (b - a) × share / 256, two of them in each of two words."""
    even, odd = a & _EVEN, (a >> _BYTE) & _EVEN
    even = (even + ((((b & _EVEN) - even) * share) >> _BYTE)) & _EVEN
    odd = (odd + (((((b >> _BYTE) & _EVEN) - odd) * share) >> _BYTE)) & _EVEN
    return even | (odd << _BYTE)


def squared(picture: Picture, side: int) -> Floats:
    """A picture whose longer side is `side`, in the middle of a black square, -1 to 1."""
    height, width = picture.shape[:2]
    made = np.full((side, side, 3), -1.0, dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    made[top : top + height, left : left + width] = picture[..., :3] / np.float32(127.5) - 1
    return made
