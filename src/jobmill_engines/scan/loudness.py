"""LOUDNESS: EBU R128 of one audio track, by FFmpeg's `ebur128` filter, and its true peak.

EBU Tech 3341 (momentary 400 ms, short-term 3 s), 3342 (range), ITU-R BS.1770 (integrated, gated).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import av.error
import numpy as np
from av.filter import Graph

from jobmill_engines.media.layouts import MOST_PLANES
from jobmill_engines.scan.blocks import Samples, Shape
from jobmill_engines.scan.true_peak import TruePeak

_USUAL = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What so many channels are taken for where the file does not say."""

_WEIGHED = frozenset(
    ("FL", "FR", "FC", "LFE", "LFE2", "BL", "BR", "BC", "SL", "SR", "FLC", "FRC", "DL", "DR")
)
"""Places that are weighed: 1.41 beside and behind the listener, nothing for LFE, else 1."""

_NOTHING = -70.0
"""What the filter says where no block passes the absolute gate."""


class LayoutNotMeasured(Exception):
    """BS.1770 gives no weights for this set of channels."""


@dataclass(slots=True)
class _Highest:
    momentary: float = _NOTHING
    short_term: float = _NOTHING


class LoudnessMeter:
    """Measures the blocks of one track, in order."""

    def __init__(self, stream: int, shape: Shape) -> None:
        self._stream = stream
        self._shape = shape
        self._layout = _layout(shape)
        self._format = "fltp" if shape.channels <= MOST_PLANES else "flt"
        self._sent = 0
        self._highest = _Highest()
        self._last: dict[str, str] = {}
        self._peak = TruePeak(shape.channels, shape.rate)
        self._graph = self._connect()

    def _connect(self) -> Graph:
        graph = Graph()
        source = graph.add_abuffer(
            sample_rate=self._shape.rate,
            format=self._format,
            layout=self._layout,
            time_base=Fraction(1, self._shape.rate),
        )
        meter = graph.add("ebur128", "metadata=1:peak=none")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        return graph

    def feed(self, samples: Samples) -> None:
        """Take the next samples, of shape (channels, n)."""
        self._peak.feed(samples)
        plain = samples if self._format == "fltp" else samples.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(plain), format=self._format, layout=self._layout
        )
        frame.sample_rate = self._shape.rate
        frame.pts = self._sent
        self._sent += samples.shape[1]
        self._graph.push(frame)
        self._pull()

    def _pull(self) -> None:
        while True:
            try:
                values = self._graph.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if "lavfi.r128.M" in values:
                self._last = values
                top = self._highest
                top.momentary = max(top.momentary, float(values["lavfi.r128.M"]))
                top.short_term = max(top.short_term, float(values["lavfi.r128.S"]))

    def finish(self) -> dict[str, Any]:
        """The track's measures; None where nothing was loud enough to be measured."""
        self._graph.push(None)
        self._pull()
        self._peak.finish()
        integrated = float(self._last.get("lavfi.r128.I", _NOTHING))
        return {
            "stream": self._stream,
            "integrated_lufs": _measured(integrated),
            "range_lu": round(float(self._last.get("lavfi.r128.LRA", 0.0)), 2),
            "true_peak_dbtp": self._peak.decibels,
            "momentary_max_lufs": _measured(self._highest.momentary),
            "short_term_max_lufs": _measured(self._highest.short_term),
        }


def _layout(shape: Shape) -> str:
    """The layout to measure by, as FFmpeg names it."""
    try:
        declared = av.AudioLayout(shape.layout)
        places = {channel.name for channel in declared.channels}
    except ValueError:
        places = set()
    if len(places) == shape.channels and places <= _WEIGHED:
        return shape.layout
    if shape.channels not in _USUAL:
        raise LayoutNotMeasured(f"no loudness is defined for {shape.channels} channels")
    return _USUAL[shape.channels]


def _measured(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) and value > _NOTHING else None
