"""Films of the known figure: rays against capsules, in numpy; a room with a floor behind it.

Crude on purpose, yet enough of a human for the pose network: skin, hair, shirt, trousers, shoes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array, rotate
from jobmill_engines.motion.skeleton import INDEX, SIDES, forward
from tests.engines.motion.figure import Camera, Truth, about

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
SKIN, HAIR, SHIRT = (224, 172, 140), (60, 40, 30), (40, 90, 170)
TROUSERS, SHOES = (70, 70, 80), (30, 25, 25)
_LIGHT = np.array([0.4, 0.8, 0.45]) / np.linalg.norm([0.4, 0.8, 0.45])


@dataclass(frozen=True)
class Capsule:
    """A rounded rod from a to b, `thick` its radius, in metres."""

    a: Array
    b: Array
    thick: float
    colour: tuple[int, int, int]


def frames(truth: Truth, camera: Camera, width: int, height: int, focal: float) -> Iterator[Pixels]:
    """The pictures of the movement (height, width, 3); `focal` in pixels."""
    joints, turned = forward(truth.skeleton, truth.rotations, truth.root)
    room = _room(camera, width, height, focal)
    for places, q in zip(joints, turned, strict=True):
        picture, depth = room[0].copy(), room[1].copy()
        for capsule in _body(places, q):
            _draw(capsule, camera, focal, picture, depth)
        yield picture.astype(np.uint8)


def scaled(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture in another size."""
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    return np.asarray(frame.reformat(width, height).to_ndarray(), np.uint8)


def write_film(
    path: Path,
    pictures: Iterator[Pixels],
    fps: Fraction | int,
    times: Sequence[float] | None = None,
) -> Path:
    """An H.264 file of these pictures, at an even rate or at `times` (seconds)."""
    with av.open(str(path), "w") as container:
        stream = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = container.add_stream(
                    "libx264", rate=fps, options={"crf": "20", "preset": "veryfast"}
                )
                stream.width, stream.height, stream.pix_fmt = (
                    picture.shape[1],
                    picture.shape[0],
                    "yuv420p",
                )
                if times is not None:
                    stream.codec_context.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, 1 / Fraction(fps)
            if times is not None:
                frame.pts, frame.time_base = round(times[number] * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return path


def _body(joints: Array, turned: Array) -> list[Capsule]:
    def at(name: str) -> Array:
        return joints[INDEX[name]]

    def off(name: str, x: float, y: float, z: float) -> Array:
        return at(name) + rotate(turned[INDEX[name]], np.array([x, y, z]))

    parts = [
        Capsule(off("Head", 0, -0.07, 0.0), off("Head", 0, 0.02, 0.01), 0.055, SKIN),
        Capsule(off("Head", 0, 0.03, 0.025), off("Head", 0, 0.12, 0.02), 0.085, SKIN),
        Capsule(off("Head", 0, 0.10, -0.015), off("Head", 0, 0.15, -0.005), 0.092, HAIR),
        Capsule(off("Head", 0, 0.075, 0.105), off("Head", 0, 0.055, 0.12), 0.013, SKIN),
        Capsule(
            off("Head", -0.025, 0.015, 0.10), off("Head", 0.025, 0.015, 0.10), 0.010, (150, 60, 60)
        ),
        Capsule(at("LeftArm"), at("RightArm"), 0.065, SHIRT),
        Capsule(off("LeftUpLeg", -0.02, 0, 0), off("RightUpLeg", 0.02, 0, 0), 0.105, TROUSERS),
    ]
    for x in (-0.085, 0.0, 0.085):
        parts.append(
            Capsule(off("Spine2", x * 1.2, 0.08, 0), off("Spine", x, 0.0, 0), 0.095, SHIRT)
        )
    for sign, side in zip((1, -1), SIDES, strict=True):
        eye = sign * 0.033

        def head(x: float, y: float, z: float, to: Array, thick: float, colour: Colour) -> Capsule:
            return Capsule(off("Head", x, y, z), off("Head", *to), thick, colour)

        foot = (off(f"{side}Foot", 0, -0.04, -0.03), off(f"{side}Foot", 0, -0.045, 0.15))
        parts += [
            head(eye, 0.095, 0.098, np.array([eye * 1.1, 0.095, 0.096]), 0.012, (250, 250, 250)),
            head(eye, 0.095, 0.108, np.array([eye, 0.094, 0.108]), 0.006, (20, 20, 20)),
            head(eye * 0.6, 0.118, 0.103, np.array([eye * 1.3, 0.118, 0.098]), 0.005, HAIR),
            head(sign * 0.085, 0.06, 0.0, np.array([sign * 0.085, 0.1, -0.01]), 0.018, SKIN),
            Capsule(at(f"{side}Arm"), at(f"{side}ForeArm"), 0.048, SHIRT),
            Capsule(at(f"{side}ForeArm"), at(f"{side}Hand"), 0.036, SKIN),
            Capsule(at(f"{side}Hand"), off(f"{side}Hand", sign * 0.09, 0, 0), 0.034, SKIN),
            Capsule(at(f"{side}UpLeg"), at(f"{side}Leg"), 0.075, TROUSERS),
            Capsule(at(f"{side}Leg"), at(f"{side}Foot"), 0.052, TROUSERS),
            Capsule(*foot, 0.042, SHOES),
        ]
    return parts


def _rays(width: int, height: int, focal: float) -> Array:
    x = (np.arange(width) + 0.5 - width / 2) / focal
    y = -(np.arange(height) + 0.5 - height / 2) / focal
    grid = np.stack([*np.meshgrid(x, y), -np.ones((height, width))], axis=-1)
    rays: Array = grid / np.linalg.norm(grid, axis=-1, keepdims=True)
    return rays


def _room(camera: Camera, width: int, height: int, focal: float) -> tuple[Array, Array]:
    """The empty room's colours and distances."""
    rays = _rays(width, height, focal)
    world = rotate(np.broadcast_to(about(0, -camera.pitch), (*rays.shape[:-1], 4)), rays)
    below = world[..., 1] < -1e-6
    far = np.where(below, -camera.high / np.where(below, world[..., 1], -1.0), np.inf)
    spot = world * np.where(below, far, 0.0)[..., None] + [0.0, camera.high, camera.away]
    tile = ((np.floor(spot[..., 0] * 2) + np.floor(spot[..., 2] * 2)) % 2)[..., None]
    floor = np.where(tile > 0, [150.0, 140.0, 125.0], [165.0, 155.0, 140.0])
    on_floor = (below & (spot[..., 2] > -6.0))[..., None]
    wall = 205.0 - 25.0 * np.abs(rays[..., :1])
    return np.where(on_floor, floor, wall * [1.0, 0.98, 0.94]), np.full((height, width), np.inf)


def _draw(capsule: Capsule, camera: Camera, focal: float, picture: Array, depth: Array) -> None:
    height, width = depth.shape
    a, b = camera.view(capsule.a), camera.view(capsule.b)
    if max(a[2], b[2]) > -0.2:
        return
    box = _box(a, b, capsule.thick, focal, width, height)
    if box is None:
        return
    rows, columns = box
    rays = _rays_in(rows, columns, width, height, focal)
    far, normal = _hit(rays, a, b, capsule.thick)
    seen = far < depth[rows, columns]
    light = _lit(normal, camera)
    colour = np.array(capsule.colour) * light[..., None]
    picture[rows, columns] = np.where(seen[..., None], colour, picture[rows, columns])
    depth[rows, columns] = np.where(seen, far, depth[rows, columns])


def _lit(normal: Array, camera: Camera) -> Array:
    light = rotate(about(0, camera.pitch), _LIGHT)
    lit: Array = 0.55 + 0.45 * np.clip(normal @ light, 0.0, 1.0)
    return lit


def _box(
    a: Array, b: Array, thick: float, focal: float, width: int, height: int
) -> tuple[slice, slice] | None:
    xs, ys = [], []
    for end in (a, b):
        near = max(-end[2] - thick, 0.1)
        x, y, r = (
            width / 2 + focal * end[0] / -end[2],
            height / 2 - focal * end[1] / -end[2],
            focal * thick / near * 1.2 + 2,
        )
        xs += [x - r, x + r]
        ys += [y - r, y + r]
    left, right = max(0, int(min(xs))), min(width, int(max(xs)) + 1)
    top, bottom = max(0, int(min(ys))), min(height, int(max(ys)) + 1)
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def _rays_in(rows: slice, columns: slice, width: int, height: int, focal: float) -> Array:
    x = (np.arange(columns.start, columns.stop) + 0.5 - width / 2) / focal
    y = -(np.arange(rows.start, rows.stop) + 0.5 - height / 2) / focal
    grid = np.stack([*np.meshgrid(x, y), -np.ones((len(y), len(x)))], axis=-1)
    rays: Array = grid / np.linalg.norm(grid, axis=-1, keepdims=True)
    return rays


def _hit(rays: Array, a: Array, b: Array, thick: float) -> tuple[Array, Array]:
    """Distance to a capsule along rays from the origin (inf: missed), and the surface's normal."""
    ba, oa = b - a, -a
    baba, baoa, oaoa = ba @ ba, ba @ oa, oa @ oa
    bard, rdoa = rays @ ba, rays @ oa
    qa = baba - bard**2
    qb = baba * rdoa - baoa * bard
    qc = baba * oaoa - baoa**2 - thick**2 * baba
    root = qb**2 - qa * qc
    along = np.sqrt(np.maximum(root, 0.0))
    side = (-qb - along) / np.where(np.abs(qa) > 1e-12, qa, 1e-12)
    place = baoa + side * bard
    on_rod = (root >= 0) & (place > 0) & (place < baba)
    cap = np.where((place <= 0)[..., None], oa, -b)
    half, whole = np.sum(rays * cap, axis=-1), np.sum(cap * cap, axis=-1) - thick**2
    inner = half**2 - whole
    ball = -half - np.sqrt(np.maximum(inner, 0.0))
    far = np.where(on_rod, side, np.where((root >= 0) & (inner >= 0), ball, np.inf))
    spot = rays * np.where(np.isfinite(far), far, 0.0)[..., None]
    share = np.clip((spot - a) @ ba / baba, 0.0, 1.0)[..., None]
    normal = spot - (a + share * ba)
    return far, normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
