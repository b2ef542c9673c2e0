"""The whole way, from pictures to joints: films of a figure whose movement is known.

The table in docs/guides/motion.md is what `pytest -rP` prints here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from jobmill_engine.models import model_folder
from jobmill_engines.motion.ahead import ahead
from jobmill_engines.motion.film import Window, open_film
from jobmill_engines.motion.following import Follower
from jobmill_engines.motion.motion import Motion, Wishes, capture
from jobmill_engines.motion.network import Network
from jobmill_engines.motion.request import LEVELS
from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.sightings import open_sightings
from jobmill_engines.motion.skeleton import INDEX, SIDES
from jobmill_engines.motion.tables import Desk
from jobmill_engines.motion.timing import observe
from tests.engines.conftest import Install
from tests.engines.motion import figure
from tests.engines.motion.figure import Camera, Truth, exercise, mean_error, unrotated, walk
from tests.engines.motion.rendering import frames, write_film

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
WIDTH, HEIGHT, FOCAL = 640, 480, 520.0


@dataclass(frozen=True)
class Film:
    """A known movement, its camera, and the errors (metres, metres a second) that are allowed."""

    truth: Truth
    camera: Camera
    joints: float
    shape: float
    path: float
    slide: float


FILMS = {
    "walks past": Film(
        walk(heading=0.6, start=(-1.2, -1.0)), Camera(pitch=0.05), 0.075, 0.055, 0.09, 0.3
    ),
    "walks across": Film(
        walk(heading=1.5708, start=(-2.0, 0.0)), Camera(), 0.075, 0.065, 0.08, 0.15
    ),
    "walks towards": Film(
        walk(heading=0.05, start=(0.0, -2.2), speed=0.8), Camera(high=1.5, pitch=0.1),
        0.08, 0.06, 0.09, 0.2,
    ),
    "squats, seen aslant": Film(
        exercise(heading=0.9), Camera(away=4.0, high=1.6, pitch=0.15), 0.09, 0.075, 0.07, 0.15
    ),
    "squats, seen from ahead": Film(exercise(), Camera(away=3.6), 0.125, 0.075, 0.1, 0.12),
}  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", FILMS)
def test_joints_are_where_they_were(
    real_models: Install, tmp_path_factory: pytest.TempPathFactory, name: str, level: str
) -> None:
    real_models("blazepose")
    film = FILMS[name]
    folder = tmp_path_factory.getbasetemp() / "motion-films"
    motion = _captured(_rendered(folder, name, film), level)
    truth = film.truth
    count = min(len(motion), len(truth.joints))
    found, true = motion.joints()[:count], truth.joints[:count]
    path = unrotated(motion.root[:count], truth.root[:count]) - truth.root[:count]
    measured = {
        "joints": mean_error(found, true),
        "shape": _shape_error(found, true),
        "path": float(np.linalg.norm(path, axis=1).mean()),
        "slide": _sliding(found, truth, count),
    }
    row = " | ".join(f"{1000 * each:.0f} mm" for each in measured.values())
    print(f"| {name} | {level} | {row}/s |")
    assert motion.tracked.all()
    assert {key: each for key, each in measured.items() if each > getattr(film, key)} == {}


def _rendered(folder: Path, name: str, film: Film) -> Path:
    """The film, rendered once for all levels."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.replace(' ', '-').replace(',', '')}.mp4"
    if not path.exists():
        pictures = frames(film.truth, film.camera, WIDTH, HEIGHT, FOCAL)
        write_film(path, pictures, round(film.truth.fps))
    return path


def _captured(path: Path, level: str) -> Motion:
    chosen = LEVELS[level]
    network = Network("blazepose", model_folder("blazepose"), chosen.weights, 2)
    follower = Follower(network, twice=chosen.twice)
    folder = path.parent
    with open_sightings(folder, folder, f"{path} {level}") as sightings:
        with (
            open_film(path, Window(), folder, print) as film,
            ahead(film.frames(lambda: follower.likely)) as pictures,
        ):
            for picture in pictures:
                found = follower.look(picture)
                sightings.add(float(picture.shown.start), found, follower.memory)
        seen = observe(sightings, 30.0, (WIDTH, HEIGHT), FOCAL, Desk())
        return capture(seen, Wishes(figure.BODY.height, smoothing_hz=chosen.smoothing_hz))


def _shape_error(found: Array, true: Array) -> float:
    """Mean distance in metres after the best rotation, scale and place of each frame (Umeyama)."""
    errors = []
    for a, b in zip(found, true, strict=True):
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        u, s, v = np.linalg.svd(a.T @ b)
        sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ v))])
        laid = a @ (u * sign) @ v * (float((s * sign).sum()) / float((a**2).sum()))
        errors.append(np.linalg.norm(laid - b, axis=1).mean())
    return float(np.mean(errors))


def _sliding(found: Array, truth: Truth, count: int) -> float:
    speeds = []
    for number, side in enumerate(SIDES):
        ankle = found[:, INDEX[f"{side}Foot"]]
        speed = np.linalg.norm(np.diff(ankle[:, [0, 2]], axis=0), axis=1) * truth.fps
        stands = truth.stands[:count, number]
        speeds.append(speed[stands[1:] & stands[:-1]])
    return float(np.concatenate(speeds).mean())
