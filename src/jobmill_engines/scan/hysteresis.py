"""Decides per hop whether a channel sounds, with memory. NumPy only; no files, no labels.

The rule: a channel begins to sound at -60 dBFS (RMS over 5 ms) and stops below -66 dBFS; between
the two it stays what it was. A hop below -50 dBFS within 25 ms of one that is 38 dB louder is what
a lossy coder smears around an attack or an end, and counts as quiet.
"""

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.scan.measure import Floats

States = NDArray[np.int8]
REACH = 5
"""Hops of context that a decision needs on each side."""

_UNSURE = -1
_SMEAR_CEILING = np.float32(1e-5)
_SMEAR_DROP = np.float32(10**-3.8)
_LEAVE_BELOW_ENTER = 10**-0.6


def hold(evidence: States, before: States) -> States:
    """Replace -1 by the state before it, along the last axis; `before` starts each row."""
    if int(evidence.min(initial=0)) != _UNSURE:
        return evidence
    places = np.arange(1, evidence.shape[-1] + 1)
    known = np.concatenate([before[..., None], evidence], axis=-1)
    marks = np.where(evidence != _UNSURE, places, 0)
    last = np.maximum.accumulate(marks, axis=-1)
    return np.take_along_axis(known, last, axis=-1)


def sounding(power: Floats, enter_db: float = -60.0) -> States:
    """Evidence of sound for each hop of `power` (channels, REACH + n + REACH): 1, 0 or -1."""
    enter = np.float32(10 ** (enter_db / 10))
    leave = np.float32(enter * _LEAVE_BELOW_ENTER)
    centre = power[:, REACH : power.shape[1] - REACH]
    if float(centre.min(initial=1.0)) >= max(enter, _SMEAR_CEILING):
        return np.ones(centre.shape, np.int8)
    quiet = centre < leave
    if float(centre.max()) >= leave:
        quiet |= (centre < _SMEAR_CEILING) & (centre < _loudest(power) * _SMEAR_DROP)
    evidence = np.full(centre.shape, _UNSURE, np.int8)
    evidence[centre >= enter] = 1
    evidence[quiet] = 0
    return evidence


def _loudest(power: Floats) -> Floats:
    """The largest of the 2 * REACH + 1 hops around each hop that has so many; by doubling."""
    width, found = 1, power
    while 2 * width <= 2 * REACH + 1:
        found = np.maximum(found[:, :-width], found[:, width:])
        width *= 2
    rest = 2 * REACH + 1 - width
    return np.maximum(found[:, : found.shape[1] - rest], found[:, rest:])


class Context:
    """Hands on rows of measures so that each hop is seen once, with REACH hops on both sides."""

    def __init__(self, rows: int) -> None:
        self._kept = np.zeros((rows, REACH), np.float32)

    def feed(self, rows: Floats) -> Floats:
        """Rows (rows, REACH + n + REACH) of which the n in the middle are to be decided now."""
        joined = np.concatenate([self._kept, rows], axis=1)
        self._kept = joined[:, max(0, joined.shape[1] - 2 * REACH) :]
        return joined

    def close(self) -> Floats:
        """The last hops, with silence after them."""
        return self.feed(np.zeros((self._kept.shape[0], REACH), np.float32))
