"""What one task asks for: its parameters, checked, with their defaults; what is refused by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jobmill_engine import InputRejected
from jobmill_engines.motion.film import Window

MODEL = "blazepose"
OUTPUTS = (
    "fbx",
    "glb",
    "bvh",
    "usda",
    "usdz",
    "usdc",
    "motion_data",
    "overlay_video",
    "source_video",
)
DEFAULT_OUTPUTS = ("fbx", "glb", "bvh", "usdz", "motion_data", "overlay_video")
_REFUSED_OUTPUTS = {
    "blend": "A .blend file is only written by Blender itself; import the fbx or glb there.",
    "c3d": "C3D holds measured markers, and one camera measures none; take motion_data.",
    "sync_data": "There is nothing to synchronise with one camera.",
}
_FILM_SIDE = 36.0
"""Millimetres: focal lengths are told as for 35 mm film, by its long side."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of quality: which weights, and whether each picture is also looked at mirrored."""

    weights: str
    twice: bool
    smoothing_hz: float


LEVELS: Mapping[str, Level] = {
    "S1": Level("pose_landmark_full.tflite", twice=False, smoothing_hz=5.0),
    "S2": Level("pose_landmark_full.tflite", twice=True, smoothing_hz=6.0),
}


@dataclass(frozen=True, slots=True)
class Request:
    """`height` in metres; `focal` in millimetres as for 35 mm film. `window`: what of the clip."""

    outputs: tuple[str, ...]
    level: Level
    window: Window
    model: str
    height: float | None
    focal: float
    floor: bool
    smoothing_hz: float
    threads: int

    def focal_in_pixels(self, width: int, height: int) -> float:
        """The focal length for upright pictures of this size."""
        return self.focal / _FILM_SIDE * max(width, height)


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request of parameters that fit the manifest's schema. Raises `InputRejected`."""
    _refuse(parameters)
    level = LEVELS[parameters.get("mocap_model", "S1")]
    return Request(
        outputs=_outputs(parameters.get("outputs")),
        level=level,
        window=_window(parameters),
        model=parameters.get("model") or MODEL,
        height=parameters.get("height_m"),
        focal=float(parameters.get("focal_mm", 28.0)),
        floor=parameters.get("floor_plane", True),
        smoothing_hz=float(parameters.get("smoothing_hz", level.smoothing_hz)),
        threads=parameters.get("threads") or len(os.sched_getaffinity(0)),
    )


def _refuse(parameters: Mapping[str, Any]) -> None:
    if parameters.get("track_ball"):
        raise _missing("track_ball", "No model here finds a ball: leave track_ball out.")
    if parameters.get("track_fingers"):
        raise _missing("track_fingers", "No model here follows fingers: leave track_fingers out.")
    if parameters.get("number_of_actors", 1) != 1:
        raise _missing(
            "number_of_actors",
            "The pose model follows one person, the main one by size and place: ask for 1.",
        )
    if parameters.get("mocap_model") in ("M1", "M2"):
        raise _missing(
            "mocap_model",
            "M1 and M2 join several cameras, for which no triangulation is installed: one camera"
            " takes S1 or S2.",
        )


def _outputs(wanted: Any) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(wanted or DEFAULT_OUTPUTS))
    for name in names:
        if name in _REFUSED_OUTPUTS:
            raise _missing(f"output {name}", _REFUSED_OUTPUTS[name])
        if name not in OUTPUTS:
            raise InputRejected(
                "bad_parameter", f"There is no output {name!r}; there are: {', '.join(OUTPUTS)}."
            )
    return names


def _window(parameters: Mapping[str, Any]) -> Window:
    start, end = parameters.get("start_ms", 0), parameters.get("end_ms")
    if end is not None and end <= start:
        raise InputRejected("bad_parameter", f"end_ms ({end}) must be after start_ms ({start}).")
    rate = Fraction(str(parameters.get("max_fps", 60)))
    last = None if end is None else Fraction(str(end)) / 1000
    return Window(Fraction(str(start)) / 1000, last, rate)


def _missing(what: str, why: str) -> InputRejected:
    return InputRejected("not_offered", f"{what} cannot be done. {why}")
