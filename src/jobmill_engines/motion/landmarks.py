"""The 33 points of a body that the pose network knows, by number, and the pairs among them.

Space is Y up, X to the picture's right, Z towards the camera: of a person who faces the camera the
left is at +X. Metres, from the middle of the hips. Holds no code but views.
"""

import numpy as np

from jobmill_engines.motion.rotations import Array

COUNT = 33
NOSE = 0
EARS = (7, 8)
SHOULDERS, ELBOWS, WRISTS = (11, 12), (13, 14), (15, 16)
PINKIES, INDEXES, THUMBS = (17, 18), (19, 20), (21, 22)
HIPS, KNEES, ANKLES = (23, 24), (25, 26), (27, 28)
HEELS, TOES = (29, 30), (31, 32)

NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
    "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
    "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip

_PAIRS = ((1, 4), (2, 5), (3, 6), (7, 8), (9, 10), *((n, n + 1) for n in range(11, 33, 2)))
MIRRORED = np.arange(COUNT)
"""The number of each point's counterpart on the other side of the body."""
for _left, _right in _PAIRS:
    MIRRORED[_left], MIRRORED[_right] = _right, _left


def middle(points: Array, pair: tuple[int, int]) -> Array:
    """The middle (…, 3) of two of the points (…, 33, 3)."""
    mean: Array = (points[..., pair[0], :] + points[..., pair[1], :]) / 2
    return mean
