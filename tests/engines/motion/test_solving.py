"""Known movement in, the same movement out: with a perfect network, and with one that errs."""

import numpy as np
import pytest

from jobmill_engines.motion import landmarks as lm
from jobmill_engines.motion.motion import Motion, Wishes, capture, gaps
from jobmill_engines.motion.observed import Observed
from jobmill_engines.motion.skeleton import INDEX, SIDES
from tests.engines.motion import figure
from tests.engines.motion.figure import Camera, Truth, exercise, mean_error, seen, unrotated, walk

TALL = Wishes(height=figure.BODY.height)


def rooted(motion: Motion, truth: Truth) -> float:
    """Mean distance in metres of the hips from the true ones, after turning about the vertical."""
    found = unrotated(motion.root, truth.root)
    return float(np.linalg.norm(found - truth.root, axis=1).mean())


def sliding(motion: Motion, truth: Truth) -> float:
    """Metres a second by which ankles move over the floor while the true ones stand."""
    speeds = []
    for number, side in enumerate(SIDES):
        ankle = motion.joints()[:, INDEX[f"{side}Foot"]]
        speed = np.linalg.norm(np.diff(ankle[:, [0, 2]], axis=0), axis=1) * motion.fps
        stands = truth.stands[:, number]
        speeds.append(speed[stands[1:] & stands[:-1]])
    return float(np.concatenate(speeds).mean())


WALKS = {
    "towards": (walk(heading=0.1, start=(0.0, -2.0)), Camera()),
    "across": (walk(heading=1.57, start=(-2.0, 0.0)), Camera()),
    "past a tilted camera": (walk(heading=0.8, start=(-1.0, -1.0)), Camera(high=2.0, pitch=0.2)),
    "at 60 fps": (walk(fps=60.0, heading=0.5, start=(-1.0, -1.0)), Camera()),
}


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_comes_back_as_it_was(name: str) -> None:
    truth, camera = WALKS[name]
    motion = capture(seen(truth, camera), TALL)
    assert mean_error(motion.joints(), truth.joints) < 0.015
    assert rooted(motion, truth) < 0.05


@pytest.mark.parametrize("name", WALKS)
def test_noise_of_two_centimetres_is_smoothed_and_feet_stand(name: str) -> None:
    truth, camera = WALKS[name]
    motion = capture(seen(truth, camera, noise=0.02), TALL)
    assert mean_error(motion.joints(), truth.joints) < 0.025
    assert rooted(motion, truth) < 0.06
    assert sliding(motion, truth) < 0.06
    assert motion.joints()[..., 1].min() > -0.01


def test_squats_and_raised_arms_come_back() -> None:
    truth = exercise()
    motion = capture(seen(truth, Camera(away=3.6)), TALL)
    assert mean_error(motion.joints(), truth.joints) < 0.01


def test_bones_keep_their_length_to_the_last_digit() -> None:
    motion = capture(seen(walk(), noise=0.03), Wishes())
    joints, parents = motion.joints(), np.array(motion.skeleton.parents[1:])
    lengths = np.linalg.norm(joints[:, 1:] - joints[:, parents], axis=2)
    assert np.ptp(lengths, axis=0).max() < 1e-9


def test_the_given_height_sets_the_scale_and_without_one_it_is_estimated() -> None:
    truth = walk()
    assert capture(seen(truth), Wishes(height=1.9)).skeleton.height == pytest.approx(1.9)
    estimated = capture(seen(truth), Wishes()).skeleton.height
    assert estimated == pytest.approx(figure.BODY.height, rel=0.02)


def test_a_body_of_an_unlikely_size_is_taken_for_a_usual_one() -> None:
    small = seen(walk())
    shrunk = small.with_points(small.world * 0.5, small.picture)
    assert capture(shrunk, Wishes()).skeleton.height == pytest.approx(1.7)


def test_nothing_comes_late() -> None:
    truth = walk(heading=1.57, start=(-2.0, 0.0))
    motion = capture(seen(truth, noise=0.01), TALL)
    hand = INDEX["LeftHand"]
    found = (motion.joints() - motion.joints()[:, :1])[:, hand, 0]
    true = (truth.joints - truth.joints[:, :1])[:, hand, 0]
    found, true = found - found.mean(), true - true.mean()
    matches = [float(found[8 + lag : len(found) - 8 + lag] @ true[8:-8]) for lag in range(-5, 6)]
    assert int(np.argmax(matches)) - 5 == 0


def test_frames_with_left_and_right_exchanged_are_put_right() -> None:
    truth = walk(heading=0.6, start=(-1.0, -1.0))
    good = seen(truth, noise=0.005)
    wrong = np.zeros(len(good), dtype=bool)
    wrong[20:27] = wrong[70:72] = True
    world, picture = good.world.copy(), good.picture.copy()
    world[wrong], picture[wrong] = world[wrong][:, lm.MIRRORED], picture[wrong][:, lm.MIRRORED]
    motion = capture(good.with_points(world, picture), TALL)
    assert (motion.flipped == wrong).all()
    plain = capture(good, TALL)
    assert np.abs(motion.joints() - plain.joints()).max() < 1e-6


def test_a_gap_is_bridged_and_marked() -> None:
    truth = walk(heading=0.6, start=(-1.0, -1.0))
    good = seen(truth)
    tracked = np.ones(len(good), dtype=bool)
    tracked[50:62] = False
    world, picture = good.world.copy(), good.picture.copy()
    world[50:62] = picture[50:62] = 0.0
    holed = Observed(good.fps, world, picture, good.visibility, tracked)
    motion = capture(holed, TALL)
    assert gaps(motion.tracked) == [(50, 62)]
    assert (motion.confidence[50:62] == 0).all()
    assert (motion.confidence[:50] > 0).all()
    steps = np.linalg.norm(np.diff(motion.joints(), axis=0), axis=2)
    assert steps[45:66].max() < 0.2
    assert rooted(motion, truth) < 0.08


def test_over_a_long_gap_nobody_swings_out() -> None:
    good = seen(walk(12.0, heading=1.57, start=(-6.0, 0.0)), Camera(away=8.0))
    tracked = np.ones(len(good), dtype=bool)
    tracked[90:250] = False
    holed = Observed(good.fps, good.world, good.picture, good.visibility, tracked)
    root = capture(holed, Wishes(figure.BODY.height, floor=False)).root
    way = root[250] - root[89]
    share = (root[89:251] - root[89]) @ way / (way @ way)
    assert (np.diff(share) > -1e-6).all(), "always on"
    aside = root[89:251] - root[89] - share[:, None] * way
    assert np.linalg.norm(aside, axis=1).max() < 1e-3


def test_who_leaves_the_picture_keeps_his_last_pose() -> None:
    good = seen(walk())
    tracked = np.ones(len(good), dtype=bool)
    tracked[:10] = tracked[-20:] = False
    holed = Observed(good.fps, good.world, good.picture, good.visibility, tracked)
    rotations = capture(holed, Wishes(floor=False)).rotations
    assert np.allclose(rotations[-20:], rotations[-21])
    assert np.allclose(rotations[:10], rotations[10])


def test_a_tilted_camera_is_put_upright() -> None:
    truth = walk(heading=0.3, start=(-0.5, -1.5))
    motion = capture(seen(truth, Camera(high=1.8, pitch=0.25)), TALL)
    bodies = motion.joints()[:, INDEX["Neck"]] - motion.joints()[:, INDEX["Hips"]]
    up = bodies.mean(axis=0)
    assert up[1] / np.linalg.norm(up) > np.cos(np.radians(4))


def test_without_a_floor_the_camera_s_space_is_kept() -> None:
    truth = walk(heading=0.3, start=(-0.5, -1.5))
    motion = capture(seen(truth, Camera(pitch=0.25)), Wishes(figure.BODY.height, floor=False))
    assert not motion.contacts.any()
    assert motion.tilt.tolist() == [0.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_shortest_clips_give_as_many_frames(count: int) -> None:
    truth = walk()
    whole = seen(truth)
    few = Observed(
        whole.fps, *(each[:count] for each in (whole.world, whole.picture, whole.visibility)),
        whole.tracked[:count],
    )  # fmt: skip
    motion = capture(few, Wishes())
    assert len(motion) == count
    assert np.isfinite(motion.joints()).all()
