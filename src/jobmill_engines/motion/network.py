"""The pose network by LiteRT: pictures in, numbers out. The only module that imports it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jobmill_engine import ModelMissing, PlatformFailed, add_libraries
from jobmill_engines.motion.landmarks import COUNT
from jobmill_engines.motion.regions import NETWORK_SIDE, Floats
from jobmill_engines.motion.rotations import Array

EXTRA = "motion"
DETECTOR = "pose_detection.tflite"
_AUXILIARY = 39
_MAP_SIDE, _MAP_REACH, _MAP_SURE = 64, 3, 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network says of one square. `inside` (39, 2): -0.5 to 0.5 across it; the last six
    points are no part of the body. `world` (33, 3): metres, x right, y down, z away."""

    score: float
    inside: Array
    visibility: Array
    world: Array


class Network:
    """Detector and landmark network, loaded. Raises `ModelMissing` without library or weights."""

    def __init__(self, name: str, folder: Path, weights: str, threads: int) -> None:
        library = _library(name)
        self._detector = _Net(library, name, folder / DETECTOR, threads)
        self._landmarks = _Net(library, name, folder / weights, threads)

    def detect(self, square: Floats) -> tuple[Floats, Floats]:
        """Boxes (2254, 12) and scores before the sigmoid (2254,) of a picture (224, 224, 3)."""
        boxes, scores = self._detector.run(square, (2254 * 12, 2254))
        return boxes.reshape(2254, 12), scores

    def landmarks(self, square: Floats) -> Answer:
        """The points of a person in a square (256, 256, 3), 0 to 1."""
        shapes = (_AUXILIARY * 5, 1, _MAP_SIDE * _MAP_SIDE * _AUXILIARY, _AUXILIARY * 3)
        points, score, maps, world = self._landmarks.run(square, shapes)
        points = points.reshape(_AUXILIARY, 5)
        inside = points[:, :2].astype(np.float64) / NETWORK_SIDE - 0.5
        inside = _refined(inside, maps.reshape(_MAP_SIDE, _MAP_SIDE, _AUXILIARY))
        visibility = 1.0 / (1.0 + np.exp(-points[:COUNT, 3].astype(np.float64)))
        places = world.reshape(_AUXILIARY, 3)[:COUNT].astype(np.float64)
        return Answer(float(score[0]), inside, visibility, places)


class _Net:
    """One file of weights; its outputs are told apart by how many numbers they have."""

    def __init__(self, library: Any, name: str, file: Path, threads: int) -> None:
        if not file.is_file():
            raise ModelMissing(name, f"lacks {file.name}")
        try:
            self._net = library.Interpreter(str(file), num_threads=threads)
            self._net.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise PlatformFailed(
                "model_unusable",
                f"{file.name} of the model {name!r} cannot be loaded ({error}). Install it anew:"
                f" jobmill models remove {name}, and install.",
            ) from error
        self._input = self._net.get_input_details()[0]["index"]
        outputs = self._net.get_output_details()
        self._outputs = {int(np.prod(each["shape"])): each["index"] for each in outputs}

    def run(self, square: Floats, sizes: tuple[int, ...]) -> list[Floats]:
        """The outputs of these sizes, flat."""
        self._net.set_tensor(self._input, square[None])
        self._net.invoke()
        return [self._net.get_tensor(self._outputs[size]).ravel() for size in sizes]


def _refined(inside: Array, maps: Floats) -> Array:
    """Points moved to where their map of likelihood is densest, if it is sure (7 × 7 cells)."""
    cells = (inside + 0.5) * _MAP_SIDE
    column, row = cells[:, 0].astype(int), cells[:, 1].astype(int)
    reach = np.arange(-_MAP_REACH, _MAP_REACH + 1)
    rows, columns = row[:, None] + reach, column[:, None] + reach
    good = ((rows >= 0) & (rows < _MAP_SIDE))[:, :, None] & (
        (columns >= 0) & (columns < _MAP_SIDE)
    )[:, None, :]
    last = _MAP_SIDE - 1
    window = maps[
        np.clip(rows, 0, last)[:, :, None],
        np.clip(columns, 0, last)[:, None, :],
        np.arange(len(inside))[:, None, None],
    ].astype(np.float64)
    likely = np.where(good, 1.0 / (1.0 + np.exp(-window)), 0.0)
    total = likely.sum(axis=(1, 2))
    sure = likely.max(axis=(1, 2)) >= _MAP_SURE
    total = np.where(sure, total, 1.0)
    moved = np.stack(
        [
            (likely * columns[:, None, :]).sum(axis=(1, 2)) / total,
            (likely * rows[:, :, None]).sum(axis=(1, 2)) / total,
        ],
        axis=1,
    )
    return np.where(sure[:, None], moved / _MAP_SIDE - 0.5, inside)


def _library(name: str) -> Any:
    add_libraries(EXTRA)
    try:
        from ai_edge_litert import interpreter
    except ImportError as error:
        raise ModelMissing(name, f"lacks its libraries ({error})") from error
    return interpreter
