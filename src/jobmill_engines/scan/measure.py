"""The few numbers per 5 ms of sound that every audio detector decides by.

Powers are mean squares (full scale sine: 0.5). Costs a handful of passes over the samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from jobmill_engines.scan.blocks import Block, Samples

Floats = NDArray[np.float32]
_REPLACED = np.float32(3)
_AUDIBLE = np.float32(1e-7)
_ALIKE = np.float32(10 ** (-36 / 10))
_LOW_PERHAPS_ALIKE = np.float32(10 ** (-34 / 10))
_NO_OFFSET, _OFFSET_REACH = 3e-4, 10
_TRIED, _TRIED_FIRST = 5, 2


@dataclass(frozen=True, slots=True)
class Hops:
    """Measures of consecutive hops from hop number `start` on.

    `power` has the shape (channels, hops). `side` and `mid` have the shape (pairs, hops) and hold
    the power of half the difference and half the sum of channels 1 and 2, 3 and 4, and so on, in
    the full band; `low_side` and `low_mid` in the band below about 1.5 kHz (the full band again
    where the high band cannot be the coder's, or where no second look is needed).
    """

    start: int
    power: Floats
    side: Floats
    mid: Floats
    low_side: Floats
    low_mid: Floats

    @property
    def count(self) -> int:
        return int(self.power.shape[1])


def joined(parts: Sequence[Hops]) -> Hops:
    """Consecutive measures as one."""
    if len(parts) == 1:
        return parts[0]
    return Hops(
        parts[0].start,
        *(
            np.concatenate([getattr(part, name) for part in parts], axis=1)
            for name in ("power", "side", "mid", "low_side", "low_mid")
        ),
    )


def measure(block: Block, hop: int) -> Hops:
    """Measure a block; the last hop may be partial and is then padded with silence."""
    samples = block.samples
    channels, count = samples.shape
    missing = -count % hop
    if missing:
        samples = np.pad(samples, ((0, 0), (0, missing)))
    shaped = _without_offset(samples.reshape(channels, -1, hop))
    power = np.einsum("chs,chs->ch", shaped, shaped) / np.float32(hop)
    pairs = channels // 2
    left, right = shaped[0 : 2 * pairs : 2], shaped[1 : 2 * pairs : 2]
    cross = np.einsum("phs,phs->ph", left, right) / np.float32(hop)
    both = power[0 : 2 * pairs : 2] + power[1 : 2 * pairs : 2]
    side = np.maximum(both - 2 * cross, 0) / np.float32(4)
    mid = np.maximum(both + 2 * cross, 0) / np.float32(4)
    low_side, low_mid = side.copy(), mid.copy()
    for pair in range(pairs):
        chosen = shaped[2 * pair : 2 * pair + 2]
        if _needs_low_band(chosen, side[pair], mid[pair]):
            low = _low_band(chosen.reshape(2, -1), hop)
            replaced = _may_be_replaced(chosen.reshape(2, -1), hop)
            low_side[pair] = np.where(replaced, low[0], side[pair])
            low_mid[pair] = np.where(replaced, low[1], mid[pair])
    return Hops(block.start // hop, power, side, mid, low_side, low_mid)


def _without_offset(shaped: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (channels, hops, hop) without a constant offset, which is not sound.

    The offset is the mean over 105 ms around a hop; it is looked for only where a channel's mean
    over the whole block is not nothing.
    """
    channels, hops = shaped.shape[:2]
    if float(np.abs(shaped.reshape(channels, -1).mean(axis=1)).max()) < _NO_OFFSET:
        return shaped
    means = shaped.mean(axis=2)
    reach = min(_OFFSET_REACH, (hops - 1) // 2)
    wide = np.pad(means, ((0, 0), (reach, reach)), mode="edge")
    sums = np.cumsum(np.pad(wide, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    width = 2 * reach + 1
    offset = (sums[:, width:] - sums[:, :-width]) / width
    return np.asarray(shaped - offset[:, :, None].astype(np.float32))


def _needs_low_band(shaped: NDArray[np.float32], side: Floats, mid: Floats) -> bool:
    """Whether some hop differs between its channels, but perhaps not in its low band.

    `shaped` has the shape (2, hops, hop). Every fifth hop is tried: what holds for less than that
    is no change of format.
    """
    differs = (side > _AUDIBLE) & (side > _ALIKE * mid)
    if not differs.any():
        return False
    hop = shaped.shape[2]
    tried = np.flatnonzero(differs[_TRIED_FIRST::_TRIED]) * _TRIED + _TRIED_FIRST
    if not tried.size or differs.size < 2 * _TRIED:
        return True
    low_side, low_mid = _low_band(shaped[:, tried].reshape(2, -1), hop)
    return bool(np.any(low_side <= _LOW_PERHAPS_ALIKE * low_mid))


def _may_be_replaced(pair: Samples, hop: int) -> NDArray[np.bool_]:
    """Whether the high band may be a coder's own noise: sum and difference are alike in it.

    The steps from sample to sample stand for the high band.
    """
    steps = np.diff(pair, axis=1, prepend=pair[:, :1]).reshape(2, -1, hop)
    both = np.einsum("chs,chs->h", steps, steps)
    cross = 2 * np.einsum("hs,hs->h", steps[0], steps[1])
    return np.asarray(both - cross <= _REPLACED * (both + cross))


def _low_band(pair: Samples, hop: int) -> tuple[Floats, Floats]:
    """Side and mid power below about 1.5 kHz: a raised cosine over 1 ms, kept every 0.5 ms.

    Lossy coders replace noise above 4 kHz by noise of their own, different in each channel, even
    where the channels were the same.
    """
    step = hop // 10
    parts = pair.reshape(2, -1, step) @ _halves(step)
    low = parts[:, :, 0].copy()
    low[:, :-1] += parts[:, 1:, 1]
    low[:, -1] += parts[:, -1, 1]
    side = (0.5 * (low[0] - low[1])).reshape(-1, 10)
    mid = (0.5 * (low[0] + low[1])).reshape(-1, 10)
    return np.einsum("hs,hs->h", side, side) / 10, np.einsum("hs,hs->h", mid, mid) / 10


@lru_cache(maxsize=8)
def _halves(step: int) -> NDArray[np.float32]:
    """A raised cosine over two steps with the sum 1: its first and second half as columns."""
    window = np.hanning(2 * step + 1)[: 2 * step].astype(np.float32)
    window /= window.sum()
    return np.stack([window[:step], window[step:]], axis=1)
