"""What the picture side found, frame by frame, and what may be said of it: gaps and their spans.

Knows no network and no skeleton.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.motion.rotations import Array
from jobmill_engines.motion.tables import Table

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """One person over T frames at a constant rate. Frames that are not `tracked` hold zeros.

    `world` (T, 33, 3): metres from the middle of the hips, axes as in `landmarks`.
    `picture` (T, 33, 2): direction of sight, x / depth to the right and y / depth upwards.
    `visibility` (T, 33): 0 to 1, how sure it is that the point is seen.
    """

    fps: float
    world: Table
    picture: Table
    visibility: Table
    tracked: Mask

    def __len__(self) -> int:
        return len(self.tracked)

    def weights(self, rows: slice) -> Array:
        """What each point counts (n, 33): little when hidden, nothing when there is none."""
        weighed: Array = (0.05 + 0.95 * self.visibility[rows]) * self.tracked[rows, None]
        return weighed

    def with_points(self, world: Table, picture: Table) -> "Observed":
        """The same observation with other points."""
        return replace(self, world=world, picture=picture)


def runs(mask: Mask) -> list[tuple[int, int]]:
    """The stretches [from, to) in which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
