"""Where a person is in a picture, what is cut out of it, what is drawn, what is made ready."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobmill_engines.motion.ahead import ahead
from jobmill_engines.motion.cropping import cut, squared
from jobmill_engines.motion.drawing import Canvas
from jobmill_engines.motion.following import Follower
from jobmill_engines.motion.landmarks import HIPS, middle
from jobmill_engines.motion.regions import (
    Candidate,
    Region,
    anchors,
    around,
    candidates,
    main_one,
    nearest_one,
)
from jobmill_engines.motion.rotations import Array
from tests.engines.motion.made import Statue

RNG = np.random.default_rng(11)


def noise(height: int, width: int) -> np.typing.NDArray[np.uint8]:
    return RNG.integers(0, 256, size=(height, width, 4), dtype=np.uint8)


@pytest.mark.parametrize("angle", [0.0, 0.4, -2.5])
def test_a_square_is_cut_as_interpolation_between_pixels_says(angle: float) -> None:
    picture = noise(90, 120)
    region = Region(58.3, 43.7, 50.0, angle)
    made = cut(picture, region, 16)
    for row, column in ((0, 0), (5, 11), (15, 15)):
        inside = np.array([(column + 0.5) / 16 - 0.5, (row + 0.5) / 16 - 0.5])
        x, y = region.to_picture(inside) - 0.5
        left, top = int(np.floor(x)), int(np.floor(y))
        fx, fy = x - left, y - top
        four = picture[top : top + 2, left : left + 2, :3].astype(float)
        exact = (four[0, 0] * (1 - fx) + four[0, 1] * fx) * (1 - fy)
        exact += (four[1, 0] * (1 - fx) + four[1, 1] * fx) * fy
        assert np.allclose(made[row, column] * 255, exact, atol=4.5)


def test_beyond_its_edge_a_picture_goes_on() -> None:
    picture = np.full((40, 40, 4), 200, dtype=np.uint8)
    made = cut(picture, Region(0.0, 0.0, 100.0, 0.3), 32)
    assert np.allclose(made * 255, 200, atol=1)


def exactly(picture: np.typing.NDArray[np.uint8], region: Region, side: int) -> Array:
    """What `cut` says, by slow and plain interpolation; 0 to 255."""
    inside = (np.arange(side) + 0.5) / side - 0.5
    places = region.to_picture(np.stack(np.meshgrid(inside, inside), axis=-1)) - 0.5
    last = np.array(picture.shape[1::-1]) - 1
    places = places.clip(0, last)
    first = np.floor(places).astype(int)
    behind = np.minimum(first + 1, last)
    across, down = np.moveaxis(places - first, -1, 0)[..., None]
    colours = picture[..., :3].astype(float)
    upper, lower = (
        colours[y, first[..., 0]] * (1 - across) + colours[y, behind[..., 0]] * across
        for y in (first[..., 1], behind[..., 1])
    )
    found: Array = upper * (1 - down) + lower * down
    return found


@settings(max_examples=300)
@example(sides=(1, 26), at=(0.83, 1.67), far=1.0, size=2.15, angle=0.0)
@example(sides=(26, 1), at=(1.67, 0.83), far=1.0, size=2.15, angle=0.0)
@example(sides=(1, 1), at=(0.5, 0.5), far=1.0, size=3.0, angle=0.0)
@given(
    sides=st.tuples(st.integers(1, 40), st.integers(1, 40))
    | st.sampled_from([(2, 8192), (8192, 2)]),
    at=st.tuples(st.floats(-2, 3), st.floats(-2, 3)),
    far=st.sampled_from([1.0, 1.0, 1e3, 1e6]),
    size=st.floats(0, 3) | st.floats(0, 1e4),
    angle=st.floats(-7, 7),
)
def test_any_square_of_any_picture_is_cut_as_interpolation_says(
    sides: tuple[int, int], at: tuple[float, float], far: float, size: float, angle: float
) -> None:
    picture = noise(*sides)
    region = Region(at[0] * far * sides[1], at[1] * far * sides[0], size, angle)
    assert np.abs(cut(picture, region, 8) * 255 - exactly(picture, region, 8)).max() < 4.5


def test_a_whole_picture_lies_in_the_middle_of_its_square() -> None:
    made = squared(np.full((112, 224, 4), 255, dtype=np.uint8), 224)
    assert made[:56].max() == -1.0
    assert made[56:168].min() == pytest.approx(1.0)


def test_a_region_turns_with_the_body() -> None:
    upright = around(np.array([100.0, 100.0]), np.array([100.0, 60.0]))
    assert (upright.angle, upright.size) == (0.0, 100.0)
    to_the_right = around(np.array([100.0, 100.0]), np.array([140.0, 100.0]))
    assert to_the_right.angle == pytest.approx(np.pi / 2)
    assert np.allclose(to_the_right.to_picture(np.array([0.0, -0.4])), [140.0, 100.0])


def test_answers_that_mean_the_same_person_are_one() -> None:
    at = anchors()
    assert at.shape == (2254, 2)
    boxes, logits = np.zeros((2254, 12), np.float32), np.full(2254, -90.0, np.float32)
    for place, (x, size, score) in {
        5: (0.3, 40, 3.0),
        6: (0.31, 40, 2.0),
        900: (0.8, 60, 1.0),
    }.items():
        boxes[place, 4] = (x - at[place, 0]) * 224
        boxes[place, 5] = (0.5 - at[place, 1]) * 224
        boxes[place, 6:8] = boxes[place, 4:6] - [0, size]
        logits[place] = score
    found = candidates(boxes, logits, at, 640.0, np.array([0.0, 80.0]))
    assert [round(each.region.x) for each in found] == [195, 512]
    assert found[0].score > found[1].score
    assert all(each.region.y == pytest.approx(240.0, abs=0.1) for each in found)


def test_the_main_person_is_large_and_in_the_middle() -> None:
    middle_one = Candidate(Region(320, 240, 200, 0.0), 0.6)
    aside = Candidate(Region(20, 240, 220, 0.0), 0.9)
    small = Candidate(Region(330, 240, 80, 0.0), 0.9)
    assert main_one([aside, small, middle_one], 640, 480) is middle_one
    assert nearest_one([aside, middle_one], Region(60, 240, 200, 0.0)) is aside
    assert nearest_one([aside], Region(600, 240, 200, 0.0)) is None


class Screen:
    """A grey picture of any size."""

    width, height = 640, 480

    def scaled(self, width: int, height: int) -> np.typing.NDArray[np.uint8]:
        return np.full((height, width, 4), 90, dtype=np.uint8)


def test_points_come_back_in_the_picture_s_pixels_and_in_space() -> None:
    follower = Follower(Statue())
    for _ in range(3):
        found = follower.look(Screen())
    assert found is not None
    hips = middle(found.picture[None], HIPS)[0]
    assert np.allclose(hips, [320.0, 240.0], atol=8)
    assert found.world[0, 1] > 0.3  # the nose is above the hips
    assert found.picture[0, 1] < hips[1] - 50
    assert follower.likely == (480, 360)


def test_a_line_takes_its_colour_and_leaves_the_rest() -> None:
    picture = np.full((90, 80), 128, dtype=np.uint8)
    Canvas(picture).line(np.array([10.0, 10.0]), np.array([60.0, 40.0]), 2.0, (235, 30, 220))
    bright, colours = picture[:60], picture[60:].reshape(2, 30, 40)
    assert bright[25, 35] == 235
    assert (colours[0][12, 17], colours[1][12, 17]) == (30, 220)
    assert bright[50, 10] == 128
    Canvas(picture).line(np.array([-900.0, 5.0]), np.array([-500.0, 900.0]), 2.0, (0, 0, 0))
    assert picture.min() == 30


def test_items_come_in_order_and_what_is_raised_comes_at_its_place() -> None:
    def broken() -> Iterator[int]:
        yield from range(5)
        raise ValueError("broken")

    seen = []
    with ahead(broken()) as items, pytest.raises(ValueError, match="broken"):
        seen.extend(items)
    with ahead(iter(range(20))) as items:
        assert list(items) == list(range(20))


def test_nothing_is_made_any_more_when_the_block_is_left() -> None:
    made = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    with ahead(endless()) as items:
        assert next(items) == 0
    count = len(made)
    assert count < 10
    assert not any(thread.name == "ahead" for thread in threading.enumerate())
