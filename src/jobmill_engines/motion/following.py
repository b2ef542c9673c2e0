"""Follows one person from picture to picture: found by the detector, then by where he was before.

Knows pictures as arrays and the network's answers; no files, no time.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from jobmill_engines.motion.cropping import Picture, cut, squared
from jobmill_engines.motion.landmarks import COUNT, MIRRORED
from jobmill_engines.motion.network import Answer
from jobmill_engines.motion.regions import (
    DETECTOR_SIDE,
    NETWORK_SIDE,
    Candidate,
    Floats,
    Region,
    anchors,
    around,
    candidates,
    main_one,
    nearest_one,
)
from jobmill_engines.motion.rotations import Array

_SEEN = 0.5
_CENTRE, _EDGE = 33, 34
_REMEMBERED = 60
"""Frames for which a person who is lost is looked for near to where he was."""
_PATIENCE, _LOOK_EVERY = 30, 3
"""After so many frames without anybody only every third is looked at."""


class Sight(Protocol):
    """One picture, to be had in any size."""

    width: int
    height: int

    def scaled(self, width: int, height: int) -> Picture: ...


class Nets(Protocol):
    """What is asked of the network."""

    def detect(self, square: Floats) -> tuple[Floats, Floats]: ...
    def landmarks(self, square: Floats) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person in one picture. `picture` (33, 2): pixels. `world` (33, 3): metres, Y up, Z towards
    the camera."""

    picture: Array
    world: Array
    visibility: Array
    score: float


@dataclass(frozen=True, slots=True)
class Memory:
    """All that a follower takes from one picture to the next: where the person is looked for, where
    he was last, for how many pictures he is lost, and how many people there were at once."""

    region: Region | None = None
    last: Region | None = None
    lost: int = 0
    people: int = 0


class Follower:
    """Follows the main person; `people` is how many the detector saw at once, at most, `likely` the
    size in which the next picture will be asked for.

    `twice`: also look at each square in the mirror, and take the mean. `memory`: that of a follower
    who looked at the pictures before.
    """

    def __init__(self, nets: Nets, *, twice: bool = False, memory: Memory | None = None) -> None:
        memory = memory or Memory()
        self.people = memory.people
        self.likely: tuple[int, int] | None = None
        self._nets = nets
        self._twice = twice
        self._anchors = anchors()
        self._region = memory.region
        self._last = memory.last
        self._lost = memory.lost

    @property
    def memory(self) -> Memory:
        """With it another follower goes on as this one would."""
        return Memory(self._region, self._last, self._lost, self.people)

    def look(self, sight: Sight) -> Sighting | None:
        """The person in the next picture, or None."""
        known = self._region is not None
        region = self._region or self._found(sight)
        found = self._answer(sight, region) if region is not None else None
        if found is None and known:
            # Lost: the detector may still see him in this very picture.
            region = self._found(sight)
            found = self._answer(sight, region) if region is not None else None
        if found is None:
            self._region = None
            self._lost += 1
            return None
        self._lost = 0
        return found

    def _found(self, sight: Sight) -> Region | None:
        if self._lost > _PATIENCE and self._lost % _LOOK_EVERY:
            return None
        longest = max(sight.width, sight.height)
        size = [
            max(1, round(side * DETECTOR_SIDE / longest)) for side in (sight.width, sight.height)
        ]
        boxes, logits = self._nets.detect(squared(sight.scaled(*size), DETECTOR_SIDE))
        shift = np.array([longest - sight.width, longest - sight.height]) / 2
        people = candidates(boxes, logits, self._anchors, longest, shift)
        self.people = max(self.people, len(people))
        if not people:
            return None
        return self._chosen(people, sight).region

    def _chosen(self, people: list[Candidate], sight: Sight) -> Candidate:
        if self._last is not None and self._lost < _REMEMBERED:
            near = nearest_one(people, self._last)
            if near is not None:
                return near
        return main_one(people, sight.width, sight.height)

    def _answer(self, sight: Sight, region: Region) -> Sighting | None:
        by = _scale(region.size)
        size = [max(2, round(side * by)) for side in (sight.width, sight.height)]
        across, down = size[0] / sight.width, size[1] / sight.height
        small = Region(region.x * across, region.y * down, region.size * across, region.angle)
        self.likely = (size[0], size[1])
        square = cut(sight.scaled(*size), small, NETWORK_SIDE)
        answer = self._nets.landmarks(square)
        if answer.score < _SEEN:
            return None
        inside, world, visibility = answer.inside, answer.world, answer.visibility
        if self._twice:
            other = self._nets.landmarks(np.ascontiguousarray(square[:, ::-1]))
            if other.score >= _SEEN:
                inside, world, visibility = _mean(answer, other)
        points = region.to_picture(inside)
        self._region = self._last = around(points[_CENTRE], points[_EDGE])
        return Sighting(points[:COUNT], _upright(world, region.angle), visibility, answer.score)


def _scale(size: float) -> float:
    """By how much to shrink the picture so that a square keeps a little more than it needs."""
    steps = (1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125)
    fitting = [step for step in steps if size * step >= NETWORK_SIDE * 1.1]
    return min(fitting, default=1.0)


def _mean(one: Answer, other: Answer) -> tuple[Array, Array, Array]:
    """Of an answer and the one that was given for the mirrored square."""
    inside = one.inside.copy()
    inside[:COUNT] += other.inside[MIRRORED] * [-1.0, 1.0]
    inside[COUNT:] += other.inside[COUNT:] * [-1.0, 1.0]
    world = one.world + other.world[MIRRORED] * [-1.0, 1.0, 1.0]
    return inside / 2, world / 2, (one.visibility + other.visibility[MIRRORED]) / 2


def _upright(world: Array, angle: float) -> Array:
    """The points as the camera sees them: the square was turned. Y up, Z towards the camera."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = np.moveaxis(world, -1, 0)
    return np.stack([x * cos - y * sin, -(x * sin + y * cos), -z], axis=-1)
