"""Where nothing sounds: no channel reaches the threshold. Serves SILENCE and IN_BLACK."""

from fractions import Fraction

import numpy as np

from jobmill_engines.scan.audio_format import least_hops
from jobmill_engines.scan.hysteresis import REACH, Context, hold, sounding
from jobmill_engines.scan.measure import Hops
from jobmill_engines.scan.runs import Grid, Runs
from jobmill_engines.scan.spans import Span

_LABELS = ("silence", "sound")


class SilenceTracker:
    """Silence of one set of channels; the same hysteresis as AUDIO_FORMAT's at `threshold_db`."""

    def __init__(self, channels: int, grid: Grid, threshold_db: float) -> None:
        self._threshold_db = threshold_db
        self._context = Context(channels)
        self._live = np.zeros(channels, np.int8)
        self._runs = Runs(grid, least_hops(grid))

    def feed(self, hops: Hops) -> None:
        """Take the next hops."""
        self._decide(self._context.feed(hops.power))

    def _decide(self, power: np.ndarray) -> None:
        if power.shape[1] <= 2 * REACH:
            return
        live = hold(sounding(power, self._threshold_db), self._live)
        self._live = live[:, -1].copy()
        heard = np.any(live == 1, axis=0)
        self._runs.feed(heard.astype(np.int8))

    def finish(self, end: Fraction) -> list[Span]:
        """The stretches of silence up to `end`."""
        self._decide(self._context.close())
        return [span for span in self._runs.finish(end, _LABELS) if span.label == "silence"]
