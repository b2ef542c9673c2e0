"""Cuts sound without end into windows that fit into memory, where it is quietest. Pure arrays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Shape (n,), in -1..1."""

RATE = 16_000
"""Samples a second: what the model hears."""

LONGEST = 360 * RATE
"""Samples of one window; a chunk of five minutes with its overlaps is one."""

_TAIL = 30 * RATE
_HOP = RATE // 100
_PAUSE = 30
"""Hops over which loudness is taken: a pause between words is about that long (0.3 s)."""


@dataclass(frozen=True, slots=True)
class Window:
    """Samples from sample number `start` of the file on."""

    start: int
    samples: Samples


def windows(blocks: Iterable[Samples], longest: int | None = None) -> Iterator[Window]:
    """Windows that follow each other without a gap, of at most `longest` samples (`LONGEST`)."""
    longest = longest or LONGEST
    kept: list[Samples] = []
    start = count = 0
    for block in blocks:
        kept.append(block)
        count += block.size
        while count > longest:
            samples = np.concatenate(kept)
            cut = quietest(samples[:longest], max(longest - _TAIL, longest // 2))
            yield Window(start, samples[:cut])
            kept = [samples[cut:].copy()]
            start += cut
            count -= cut
    if count:
        yield Window(start, np.concatenate(kept))


def quietest(samples: Samples, first: int) -> int:
    """The number of the sample, from `first` on, around which it is quietest for 0.3 s."""
    hops = (samples.size - first) // _HOP
    if hops <= _PAUSE:
        return samples.size
    tail = samples[first : first + hops * _HOP].reshape(hops, _HOP)
    power = np.square(tail, dtype=np.float64).mean(axis=1)
    loudness = np.convolve(power, np.ones(_PAUSE), "valid")
    return first + (int(np.argmin(loudness)) + _PAUSE // 2) * _HOP
