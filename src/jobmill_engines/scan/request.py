"""What is asked of a scan: features and their parameters, read from plain JSON and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.scan.spans import Window, union

AUDIO_FORMAT = "AUDIO_FORMAT"
IN_BLACK = "IN_BLACK"
SHOT_CHANGE_DETECTION = "SHOT_CHANGE_DETECTION"
SILENCE = "SILENCE"
FREEZE = "FREEZE"
LOUDNESS = "LOUDNESS"

AUDIO_FEATURES = frozenset({AUDIO_FORMAT, SILENCE, LOUDNESS})
PICTURE_FEATURES = frozenset({IN_BLACK, SHOT_CHANGE_DETECTION, FREEZE})
FEATURES = AUDIO_FEATURES | PICTURE_FEATURES

IN_BLACK_SILENCE_DB = -60.0


@dataclass(frozen=True, slots=True)
class Request:
    """A checked request. Times are seconds; `windows` are ordered and do not touch."""

    features: tuple[str, ...]
    windows: tuple[Window, ...]
    compressed_channels: frozenset[int]
    black_delay: Fraction
    black_value: float
    silence_db: float
    silence_least: Fraction
    freeze_noise: float
    freeze_least: Fraction


def read_request(
    features: Sequence[str],
    parameters: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]] | None,
) -> Request:
    """Check what came in; `parameters` maps a feature's name to its parameters.

    Raises `MediaRejected` with code `bad_parameter` or `unknown_feature`, naming the field.
    """
    unknown = [name for name in features if name not in FEATURES]
    if unknown or not features:
        raise MediaRejected(
            "unknown_feature",
            f"Ask for one or more of {', '.join(sorted(FEATURES))};"
            f" got {', '.join(unknown) or 'none'}.",
        )
    black, silence = _Fields(parameters, IN_BLACK), _Fields(parameters, SILENCE)
    freeze = _Fields(parameters, FREEZE)
    return Request(
        features=tuple(dict.fromkeys(features)),
        windows=_windows(segments),
        compressed_channels=_channels(parameters),
        black_delay=black.seconds("delay", 7.0),
        black_value=black.number("black_value", 0.001, 0, 255),
        silence_db=silence.number("threshold_db", -60.0, -120, 0),
        silence_least=silence.seconds("min_duration", 0.5),
        freeze_noise=freeze.number("noise", 0.003, 0, 1),
        freeze_least=freeze.seconds("min_duration", 2.0),
    )


class _Fields:
    """The parameters of one feature."""

    def __init__(self, parameters: Mapping[str, Any], feature: str) -> None:
        given = parameters.get(feature) or {}
        if not isinstance(given, Mapping):
            raise MediaRejected("bad_parameter", f"parameters.{feature} must be an object.")
        self._given, self._feature = given, feature

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self._given.get(name, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise MediaRejected(
                "bad_parameter",
                f"parameters.{self._feature}.{name} must be a number from {low} to {high}.",
            )
        return float(value)

    def seconds(self, name: str, default: float) -> Fraction:
        return Fraction(str(self.number(name, default, 0, 86400)))


def _channels(parameters: Mapping[str, Any]) -> frozenset[int]:
    """Channels are numbered from 1, as they are on the equipment; inside they count from 0."""
    given = (parameters.get(AUDIO_FORMAT) or {}).get("compressed_channels") or []
    good = isinstance(given, list | tuple) and all(
        isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= 16
        for number in given
    )
    if not good:
        raise MediaRejected(
            "bad_parameter",
            f"parameters.{AUDIO_FORMAT}.compressed_channels must list channels from 1 to 16.",
        )
    return frozenset(number - 1 for number in given)


def _windows(segments: Sequence[Mapping[str, Any]] | None) -> tuple[Window, ...]:
    if not segments:
        return (Window(Fraction(0)),)
    windows = []
    for index, segment in enumerate(segments):
        start = _milliseconds(segment, "start_ms", index) or Fraction(0)
        end = _milliseconds(segment, "end_ms", index)
        if end is not None and end <= start:
            raise MediaRejected(
                "bad_parameter", f"segments[{index}] must end after it starts (start_ms, end_ms)."
            )
        windows.append(Window(start, end))
    return tuple(union(windows))


def _milliseconds(segment: Mapping[str, Any], name: str, index: int) -> Fraction | None:
    value = segment.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise MediaRejected(
            "bad_parameter", f"segments[{index}].{name} must be a number of milliseconds from 0."
        )
    return Fraction(str(value)) / 1000
