"""Makes the frames of each kind of picture as planes of 4:2:0 video (limited range, 8 bits).

A scene is a texture of its own seed under a slow camera move: it changes in every frame, its
colours and layout stay. Deterministic.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jobmill.samples.model import Picture

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]


def frames(pictures: tuple[Picture, ...], width: int, height: int) -> Iterator[Planes]:
    """Every frame of the track in order: (Y, U, V) planes."""
    film = _Film(width, height)
    for picture in pictures:
        yield from film.play(picture)


class _Film:
    """Remembers the scene that is on and the last frame, which the next picture may go on from."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._black = _flat(16, width, height)
        self._last = self._black
        self._scene, self._position = Scene(0, width, height), 0

    def play(self, picture: Picture) -> Iterator[Planes]:
        """The frames of one picture."""
        other = Scene(picture.seed, self._width, self._height)
        if picture.kind in ("scene", "static"):
            self._scene, self._position = other, 0
        rng = np.random.default_rng(picture.seed)
        for index in range(picture.frames):
            self._last = self._frame(picture, index, other, rng)
            if picture.kind not in ("static", "hold"):
                self._position += 1
            yield self._last
        if picture.kind == "dissolve":
            self._scene, self._position = other, picture.frames

    def _frame(
        self, picture: Picture, index: int, other: "Scene", rng: np.random.Generator
    ) -> Planes:
        share = (index + 1) / (picture.frames + 1)
        now = self._scene.frame(self._position)
        match picture.kind:
            case "black":
                return self._black
            case "noisy_black":
                return _noisy(self._black, rng)
            case "hold":
                return self._last
            case "static":
                return self._scene.frame(0)
            case "flash" if index == picture.frames // 2:
                return _flat(235, self._width, self._height)
            case "fade":
                return _blend(now, self._black, share)
            case "dissolve":
                return _blend(now, other.frame(index), share)
            case _:
                return now


class Scene:
    """A textured picture larger than the frame, over which the camera pans a pixel pair a frame."""

    def __init__(self, seed: int, width: int, height: int) -> None:
        rng = np.random.default_rng(1000 + seed)
        self.width, self.height = width, height
        wide = width * 2
        self.luma = _texture(
            rng, height, wide, low=20 + 10 * (seed % 5), high=225 - 15 * (seed % 4)
        )
        self.u = _texture(rng, height // 2, wide // 2, low=64, high=192)
        self.v = _texture(rng, height // 2, wide // 2, low=64, high=192)

    def frame(self, position: int) -> Planes:
        """The frame after that many frames of camera move (there and back over the texture)."""
        shift = abs((position + self.width // 2) % self.width - self.width // 2)
        half = self.width // 2
        return (
            self.luma[:, 2 * shift : 2 * shift + self.width]
            if shift <= half
            else self.luma[:, : self.width],
            self.u[:, shift : shift + half],
            self.v[:, shift : shift + half],
        )


def _texture(rng: np.random.Generator, height: int, width: int, low: int, high: int) -> Plane:
    """Patches of random tone with soft edges, as large areas and finer detail on top."""
    plane = np.zeros((height, width))
    for cells, weight in ((4, 0.6), (13, 0.3), (40, 0.1)):
        grid = rng.random((cells + 2, 2 * cells + 2))
        rows, columns = np.linspace(0, cells, height), np.linspace(0, 2 * cells, width)
        plane += weight * _stretch(grid, rows, columns)
    return np.asarray(low + (high - low) * np.clip(plane * 1.6 - 0.3, 0, 1), dtype=np.uint8)


def _stretch(
    grid: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top)[:, None], (columns - left)[None, :]
    upper = grid[top][:, left] * (1 - right) + grid[top][:, left + 1] * right
    lower = grid[top + 1][:, left] * (1 - right) + grid[top + 1][:, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)


def _flat(luma: int, width: int, height: int) -> Planes:
    chroma = np.full((height // 2, width // 2), 128, np.uint8)
    return np.full((height, width), luma, np.uint8), chroma, chroma


def _noisy(planes: Planes, rng: np.random.Generator) -> Planes:
    """Black as a tape plays it: a little noise above and below nominal black."""
    noise = rng.integers(-2, 4, planes[0].shape)
    return (planes[0] + noise).astype(np.uint8), planes[1], planes[2]


def _blend(first: Planes, second: Planes, share: float) -> Planes:
    y, u, v = (
        (a * (1 - share) + b * share + 0.5).astype(np.uint8)
        for a, b in zip(first, second, strict=True)
    )
    return y, u, v
