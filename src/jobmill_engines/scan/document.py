"""Builds the result document of a scan from what its passes found. Pure.

Times are milliseconds on the file's timeline, floored to the microsecond.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from jobmill_engines.scan.audio_format import SHORTEST
from jobmill_engines.scan.audio_pass import AudioFound
from jobmill_engines.scan.media import Media
from jobmill_engines.scan.picture_pass import PictureFound
from jobmill_engines.scan.report import Failures
from jobmill_engines.scan.request import (
    AUDIO_FORMAT,
    FREEZE,
    IN_BLACK,
    LOUDNESS,
    SHOT_CHANGE_DETECTION,
    SILENCE,
    Request,
)
from jobmill_engines.scan.spans import Span, Window, cover, intersect, milliseconds, without_grains

_NEAR = Fraction(1)
_BEYOND = Fraction(1, 10)


def observed_end(
    media: Media, audio: AudioFound, picture: PictureFound, stored: bool, start: Fraction
) -> Fraction:
    """Where the file ends: as declared, unless decoding showed otherwise.

    `stored`: the declared length was written down. One that was guessed from damaged bytes yields
    to what was seen as soon as everything was looked at. `start` is where the last look began.
    """
    seen = max(audio.end, picture.end)
    if media.duration is None or seen > media.duration + _BEYOND:
        return seen
    if start >= media.duration:
        return media.duration
    if seen >= media.duration - _NEAR:
        return media.duration
    everything = bool(audio.end or not media.has_audio) and bool(picture.end or not media.has_video)
    if not stored and everything:
        return seen
    complete = [
        declared is not None and end >= declared - _NEAR
        for declared, end in ((media.audio_end, audio.end), (media.video_end, picture.end))
        if end
    ]
    return media.duration if complete and all(complete) else seen


def document(
    media: Media,
    request: Request,
    audio: AudioFound,
    picture: PictureFound,
    end: Fraction,
    failures: Failures,
) -> dict[str, Any]:
    """The document: facts of the media, and each feature that did not fail."""
    whole = request.windows[-1].end is None
    facts = dict(media.facts)
    if whole or facts["duration_ms"] is None:
        facts["duration_ms"] = milliseconds(end)
    build = _Features(media, request, audio, picture, _clipped(request.windows, end))
    return {
        "media": facts,
        "features": {
            name: build.feature(name) for name in request.features if name not in failures.reasons
        },
    }


def _clipped(windows: Iterable[Window], end: Fraction) -> list[Span]:
    return [
        Span(window.start, min(window.end, end) if window.end is not None else end)
        for window in windows
        if window.start < end
    ]


class _Features:
    def __init__(
        self,
        media: Media,
        request: Request,
        audio: AudioFound,
        picture: PictureFound,
        windows: Sequence[Span],
    ) -> None:
        self._has_audio = media.has_audio
        self._request = request
        self._audio = audio
        self._picture = picture
        self._windows = windows

    def feature(self, name: str) -> dict[str, Any]:
        if name == LOUDNESS:
            return {"spans": [], "tracks": self._audio.tracks, "summary": _loudest(self._audio)}
        spans = {
            AUDIO_FORMAT: self._audio_format,
            SILENCE: self._silence,
            IN_BLACK: self._in_black,
            SHOT_CHANGE_DETECTION: self._shots,
            FREEZE: self._freeze,
        }[name]()
        return {"spans": [_plain(span) for span in spans], "summary": _summary(spans)}

    def _audio_format(self) -> list[Span]:
        """Each window covered; a coder's delay or a rounded length at an edge is no silence."""
        return [
            span
            for window in self._windows
            for span in without_grains(
                cover(self._audio.formats, window.start, window.end, "silence"), SHORTEST
            )
        ]

    def _quiet(self, feature: str) -> list[Span]:
        """Silence within the windows; where there is no audio (any more) nothing sounds."""
        if not self._has_audio:
            return list(self._windows)
        found = self._audio.silences.get(feature, [])
        after = [Span(max(w.start, self._audio.end), w.end) for w in self._windows]
        last = Span(
            self._audio.end, max((w.end for w in after), default=self._audio.end), "silence"
        )
        joined = cover([*found, last], Fraction(0), max(last.end, last.start), "sound")
        quiet = [span for span in joined if span.label == "silence"]
        return intersect(quiet, self._windows, "silence")

    def _silence(self) -> list[Span]:
        return _lasting(self._quiet(SILENCE), self._request.silence_least)

    def _in_black(self) -> list[Span]:
        both = intersect(self._picture.black, self._quiet(IN_BLACK), "black")
        return _lasting(both, self._request.black_delay)

    def _freeze(self) -> list[Span]:
        inside = [
            Span(max(span.start, window.start), min(span.end, window.end), span.label)
            for window in self._windows
            for span in self._picture.still
            if span.end > window.start and span.start < window.end
        ]
        return _lasting(inside, self._request.freeze_least)

    def _shots(self) -> list[Span]:
        """Shots touch each other and cover each window as far as there are pictures."""
        shots = []
        for window in self._windows:
            end = min(window.end, self._picture.end)
            inside = [cut for cut in self._picture.cuts if window.start < cut < end]
            edges = [window.start, *inside, end]
            pairs = pairwise(edges)
            shots += [Span(a, b, "shot") for a, b in pairs if b > a]
        return shots


def _lasting(spans: Iterable[Span], least: Fraction) -> list[Span]:
    return [span for span in spans if span.length >= least]


def _plain(span: Span) -> dict[str, Any]:
    return {
        "start_ms": milliseconds(span.start),
        "end_ms": milliseconds(span.end),
        "label": span.label,
    }


def _summary(spans: Sequence[Span]) -> dict[str, Any]:
    """How many spans, and the time each label takes."""
    totals: Counter[str] = Counter()
    for span in spans:
        totals[span.label] += span.length  # type: ignore[assignment]
    return {
        "count": len(spans),
        "total_ms": {label: milliseconds(Fraction(total)) for label, total in totals.items()},
    }


def _loudest(audio: AudioFound) -> dict[str, Any]:
    """The measures of the first track, which is the programme's main sound."""
    return dict(audio.tracks[0]) if audio.tracks else {}
