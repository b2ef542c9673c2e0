"""Cuts turned squares out of pictures, and lays whole pictures on squares. Pure numpy.

Pictures are (height, width, 4) bytes, of which three are colours: four bytes are fetched as one.
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.regions import Floats, Region

Picture = NDArray[np.uint8]
_SCALE = np.float32(1 / 255)
_WHOLE = 1 << 16
"""A pixel, as places are counted while a square is cut; shares are counted in 1/256."""
_BYTE = np.uint32(8)
_EVEN, _ODD = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00)
Packed = NDArray[np.uint32]
Places = NDArray[np.int32]


def cut(picture: Picture, region: Region, side: int) -> Floats:
    """The square (side, side, 3), 0 to 1, between pixels blended; beyond the edge it goes on.

    In whole numbers, of which 256 are a pixel: right to 1/256 of a pixel and 1/255 of a colour.
    """
    for axis in (0, 1):
        if picture.shape[axis] < 2:
            picture = np.repeat(picture, 2, axis=axis)
    height, width = picture.shape[:2]
    x, y = _places(region, side)
    _keep_inside(x, width)
    _keep_inside(y, height)
    place = (y >> 16) * width + (x >> 16)
    pixels = picture.view(np.uint32).ravel()
    corners = [pixels[begin:].take(place) for begin in (0, 1, width, width + 1)]
    even, odd = _blended(corners, _share(x), _share(y))
    made = np.empty((side, side, 3), dtype=np.float32)
    for channel, bytes_of in enumerate((even & 255, odd >> 8 & 255, even >> 16)):
        made[..., channel] = bytes_of
    made *= _SCALE
    return made


def _places(region: Region, side: int) -> tuple[Places, Places]:
    """Where in the picture the square's pixels lie, in parts of a pixel: columns and rows."""
    step = (np.arange(side) + 0.5) / side - 0.5
    cos, sin = (step * (_WHOLE * region.size * f(region.angle)) for f in (np.cos, np.sin))
    x, y = _WHOLE * (region.x - 0.5), _WHOLE * (region.y - 0.5)
    return _sums(x - sin, cos), _sums(y + cos, sin)


def _sums(down: NDArray[np.float64], across: NDArray[np.float64]) -> Places:
    most = np.iinfo(np.int32).max // 2  # far beyond any edge
    rows, columns = (np.rint(each.clip(-most, most)).astype(np.int32) for each in (down, across))
    places: Places = np.add.outer(rows, columns)
    return places


def _keep_inside(places: Places, length: int) -> None:
    """Beyond the edge the picture goes on as it is there; most squares do not reach it."""
    last = (length - 1) * _WHOLE - 1
    corners = places[:: len(places) - 1, :: len(places) - 1]
    if corners.min() < 0 or corners.max() > last:
        np.clip(places, 0, last, out=places)


def _share(places: Places) -> Packed:
    """How much of the pixel behind goes in, of 256."""
    return (places >> 8 & 255).view(np.uint32)


def _blended(corners: list[Packed], across: Packed, down: Packed) -> tuple[Packed, Packed]:
    """The mean of four pixels by their shares: bytes 0 and 2, and bytes 1 and 3, each in its place.

    Two bytes of a pixel are multiplied at once, as the two halves of a word.
    """
    both = across * down >> 8
    shares = (256 - across - down + both, across - both, down - both, both)
    even, odd = np.zeros_like(across), np.zeros_like(across)
    for corner, share in zip(corners, shares, strict=True):
        even += (corner & _EVEN) * share
        odd += (corner >> _BYTE & _EVEN) * share
    return even >> _BYTE & _EVEN, odd & _ODD


def squared(picture: Picture, side: int) -> Floats:
    """A picture whose longer side is `side`, in the middle of a black square, -1 to 1."""
    height, width = picture.shape[:2]
    made = np.full((side, side, 3), -1.0, dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    made[top : top + height, left : left + width] = picture[..., :3] / np.float32(127.5) - 1
    return made
