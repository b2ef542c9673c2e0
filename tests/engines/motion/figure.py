"""A figure whose movement is known: it walks, turns, squats; its points as a camera sees them."""

from dataclasses import dataclass

import numpy as np

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.ground import HEEL_BACK
from jobmill_engines.motion.locking import _bend_leg
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.rotations import IDENTITY, Array, inverse, multiply, rotate
from jobmill_engines.motion.skeleton import INDEX, SIDES, Proportions, Skeleton, build, forward
from jobmill_engines.motion.solving import relative

BODY = Proportions()


def about(axis: int, angle: Array | float) -> Array:
    """The rotation about X, Y or Z (0, 1, 2) by radians."""
    half = np.asarray(angle, dtype=np.float64) / 2
    q = np.zeros((*half.shape, 4))
    q[..., axis], q[..., 3] = np.sin(half), np.cos(half)
    return q


@dataclass(frozen=True)
class Truth:
    """A movement that is known: rotations (T, 22, 4), hips (T, 3), joints (T, 22, 3)."""

    skeleton: Skeleton
    fps: float
    rotations: Array
    root: Array
    stands: Array  # (T, 2): left and right foot flat on the floor, at rest

    @property
    def joints(self) -> Array:
        return forward(self.skeleton, self.rotations, self.root)[0]


def walk(
    seconds: float = 4.0, fps: float = 30.0, *, speed: float = 1.0, heading: float = 0.0,
    start: tuple[float, float] = (0.0, 0.0), body: Proportions = BODY,
) -> Truth:  # fmt: skip
    """Walks `heading` radians left of +Z with swinging arms; a step takes half a second."""
    t = np.arange(round(seconds * fps)) / fps
    skeleton = build(body)
    local = np.tile(IDENTITY, (len(t), len(skeleton.names), 1))
    phase = np.pi * t / 0.5
    sway = 0.35 * np.sin(phase)
    local[:, INDEX["Spine1"]] = about(1, -0.1 * np.sin(phase))
    local[:, INDEX["Neck"]] = about(1, 0.15 * np.sin(phase / 3))
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        hang = about(2, np.full(len(t), -sign * 1.3))
        local[:, INDEX[f"{side}Arm"]] = multiply(about(0, sign * sway), hang)
        local[:, INDEX[f"{side}ForeArm"]] = about(1, -sign * (0.5 + 0.25 * np.sin(phase)))
    local[:, 0] = about(1, np.full(len(t), heading))
    ahead = rotate(about(1, heading), np.array([0.0, 0.0, 1.0]))
    root = np.zeros((len(t), 3))
    root[:, 1] = 0.955 * skeleton.offsets[0, 1] + 0.012 * np.cos(2 * phase)
    root += ahead * (speed * t)[:, None] + np.array([start[0], 0.0, start[1]])
    places, turned = forward(skeleton, local, root)
    stands = np.zeros((len(t), 2), dtype=bool)
    for number, side in enumerate(SIDES):
        ankle, still = _steps(t, number, speed, body)
        across = skeleton.offsets[INDEX[f"{side}UpLeg"], 0]
        target = np.stack([np.full(len(t), across), ankle[:, 1], ankle[:, 0]], axis=1)
        target = rotate(np.broadcast_to(about(1, heading), (len(t), 4)), target)
        _bend_leg(skeleton, places, turned, side, target + np.array([start[0], 0.0, start[1]]))
        flat = np.broadcast_to(about(1, heading), (len(t), 4))
        turned[:, INDEX[f"{side}Foot"]] = turned[:, INDEX[f"{side}ToeBase"]] = flat
        stands[:, number] = still
    return Truth(skeleton, fps, relative(turned, skeleton), root, stands)


def exercise(
    seconds: float = 4.0, fps: float = 30.0, *, heading: float = 0.0, body: Proportions = BODY
) -> Truth:
    """Stands, raises its arms aside and over its head, bends its elbows, turns and squats."""
    t = np.arange(round(seconds * fps)) / fps
    skeleton = build(body)
    local = np.tile(IDENTITY, (len(t), len(skeleton.names), 1))
    lift = 0.5 - 0.5 * np.cos(2 * np.pi * t / 4)
    squat = 0.5 - 0.5 * np.cos(2 * np.pi * t / 2)
    local[:, INDEX["Spine"]] = about(0, 0.25 * squat)
    local[:, INDEX["Spine2"]] = about(1, 0.4 * np.sin(np.pi * t))
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        local[:, INDEX[f"{side}Arm"]] = about(2, -sign * (1.3 - 2.2 * lift))
        local[:, INDEX[f"{side}ForeArm"]] = about(1, -sign * (0.2 + 1.2 * squat))
    local[:, 0] = about(1, np.full(len(t), heading))
    root = np.zeros((len(t), 3))
    root[:, 1] = skeleton.offsets[0, 1] - 0.02 - 0.28 * squat
    places, turned = forward(skeleton, local, root)
    flat = np.broadcast_to(about(1, heading), (len(t), 4))
    for side in SIDES:
        across = 1.4 * skeleton.offsets[INDEX[f"{side}UpLeg"], 0]
        # A knee needs to know where to bend to: a little is bent already.
        turned[:, INDEX[f"{side}UpLeg"]] = multiply(flat, about(0, np.full(len(t), -0.4)))
        turned[:, INDEX[f"{side}Leg"]] = multiply(flat, about(0, np.full(len(t), 0.4)))
        target = rotate(flat, np.broadcast_to([across, body.ankle, 0.0], (len(t), 3)))
        places[:] = forward(skeleton, relative(turned, skeleton), root)[0]
        _bend_leg(skeleton, places, turned, side, target)
        turned[:, INDEX[f"{side}Foot"]] = turned[:, INDEX[f"{side}ToeBase"]] = flat
    stands = np.ones((len(t), 2), dtype=bool)
    return Truth(skeleton, fps, relative(turned, skeleton), root, stands)


def _steps(t: Array, number: int, speed: float, body: Proportions) -> tuple[Array, Array]:
    """How far ahead and how high an ankle is (T, 2): at rest half of the time, then lifted on."""
    cycle = t + 0.5 * number
    count, within = np.floor(cycle), cycle % 1.0
    swing = np.clip((within - 0.55) / 0.45, 0.0, 1.0)
    eased = swing * swing * (3 - 2 * swing)
    ahead = speed * (count + eased - 0.5 * number + 0.275)
    return np.stack([ahead, body.ankle + 0.1 * np.sin(np.pi * swing)], axis=1), swing == 0.0


def points_of(truth: Truth) -> Array:
    """The 33 points of the figure (T, 33, 3) in space."""
    joints, turned = forward(truth.skeleton, truth.rotations, truth.root)
    points = np.zeros((len(joints), lm.COUNT, 3))

    def put(number: int, joint: str, offset: tuple[float, float, float]) -> None:
        q = turned[:, INDEX[joint]]
        points[:, number] = joints[:, INDEX[joint]] + rotate(q, np.broadcast_to(offset, (1, 3)))

    neck = BODY.neck
    ears = (0.4 * neck, 0.05 * neck)  # above and before the head's joint
    nose = (ears[0] - np.tan(np.radians(12)) * 0.10, ears[1] + 0.10)
    put(lm.NOSE, "Head", (0.0, *nose))
    for number, sign in ((0, 1.0), (1, -1.0)):
        put(lm.EARS[number], "Head", (sign * 0.075, *ears))
        for eye in range(3):
            put(
                (1, 4)[number] + eye,
                "Head",
                (sign * (0.02 + 0.015 * eye), ears[0] + 0.02, ears[1] + 0.09),
            )
        put((9, 10)[number], "Head", (sign * 0.025, ears[0] - 0.06, ears[1] + 0.08))
        side = SIDES[number]
        for pair, joint in (
            (lm.SHOULDERS, "Arm"), (lm.ELBOWS, "ForeArm"), (lm.WRISTS, "Hand"), (lm.HIPS, "UpLeg"),
            (lm.KNEES, "Leg"), (lm.ANKLES, "Foot"), (lm.TOES, "ToeBase"),
        ):  # fmt: skip
            points[:, pair[number]] = joints[:, INDEX[f"{side}{joint}"]]
        put(lm.INDEXES[number], f"{side}Hand", (sign * 0.085, 0.0, 0.03))
        put(lm.PINKIES[number], f"{side}Hand", (sign * 0.08, 0.0, -0.03))
        put(lm.THUMBS[number], f"{side}Hand", (sign * 0.04, 0.0, 0.04))
        toe = truth.skeleton.offsets[INDEX[f"{side}ToeBase"]]
        put(lm.HEELS[number], f"{side}Foot", (0.0, toe[1], -HEEL_BACK * toe[2]))
    return points


@dataclass(frozen=True)
class Camera:
    """Stands `away` metres before the origin, `high` above the floor, pitched down by radians."""

    away: float = 4.5
    high: float = 1.2
    pitch: float = 0.0

    def view(self, points: Array) -> Array:
        """Points in the camera's space: Y up, Z towards it."""
        moved = points - [0.0, self.high, self.away]
        return rotate(np.broadcast_to(about(0, self.pitch), (*points.shape[:-1], 4)), moved)


def seen(truth: Truth, camera: Camera = Camera(), *, noise: float = 0.0, seed: int = 1) -> Observed:
    """What a perfect network (or one with noise, metres) would tell of the figure."""
    points = camera.view(points_of(truth))
    rng = np.random.default_rng(seed)
    hips = lm.middle(points, lm.HIPS)[:, None]
    picture = points[..., :2] / -points[..., 2:]
    world = points - hips + noise * rng.normal(size=points.shape)
    picture = picture + noise / 2 / -hips[..., 2:] * rng.normal(size=picture.shape)
    shape = points.shape[:2]
    return Observed(truth.fps, world, picture, np.full(shape, 0.95), np.ones(shape[0], dtype=bool))


def matched(found: Array, true: Array) -> Array:
    """`found` joints (T, J, 3) on the true ones: one scale for all, hips on hips each frame."""
    a = found - found[:, :1]
    b = true - true[:, :1]
    return a * float(np.sum(a * b) / np.sum(a * a)) + true[:, :1]


def mean_error(found: Array, true: Array) -> float:
    """Mean distance of joints in metres after `matched` (MPJPE after scale alignment)."""
    return float(np.linalg.norm(matched(found, true) - true, axis=2).mean())


def unrotated(found: Array, true: Array) -> Array:
    """`found` turned about the vertical and moved so that its travel lies on the true one."""
    a, b = found - found.mean(axis=0), true - true.mean(axis=0)
    cross = np.sum(a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2])
    dot = np.sum(a[:, 0] * b[:, 0] + a[:, 2] * b[:, 2])
    q = inverse(about(1, -np.arctan2(cross, dot)))
    return rotate(np.broadcast_to(q, (len(a), 4)), a) + true.mean(axis=0)
