"""Alarms: which spans of a feature's result must not be, and where a result has some. Pure.

A span alarms when its label is not allowed. Alarming spans that touch make one violation, which
counts from `min_duration` seconds on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOUCHING_MS = 0.5
ALARMS_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "alarms": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["feature"],
                "properties": {
                    "feature": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                    "min_duration": {"type": "number", "minimum": 0},
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """What of a feature must not be: labels outside `allowed`, for `min_duration` seconds."""

    feature: str
    allowed: tuple[str, ...] = ()
    min_duration: float = 0.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A stretch of a file, in milliseconds, and the labels found there in their order."""

    feature: str
    start_ms: float
    end_ms: float
    labels: tuple[str, ...]


def alarms_from(given: Sequence[Mapping[str, Any]]) -> tuple[Alarm, ...]:
    """Alarms from plain JSON that fits `ALARMS_SCHEMA`."""
    return tuple(
        Alarm(each["feature"], tuple(each.get("allowed", ())), float(each.get("min_duration", 0)))
        for each in given
    )


def violations(alarm: Alarm, document: Mapping[str, Any]) -> list[Violation]:
    """Where the feature's document violates the alarm, in the order of time."""
    stretches: list[Violation] = []
    for span in sorted(document.get("spans", ()), key=lambda span: float(span["start_ms"])):
        label = str(span.get("label", ""))
        if label in alarm.allowed:
            continue
        new = Violation(alarm.feature, span["start_ms"], span["end_ms"], (label,))
        if stretches and new.start_ms <= stretches[-1].end_ms + TOUCHING_MS:
            stretches[-1] = _joined(stretches[-1], new)
        else:
            stretches.append(new)
    return [each for each in stretches if each.end_ms - each.start_ms >= alarm.min_duration * 1000]


def _joined(old: Violation, new: Violation) -> Violation:
    labels = tuple(dict.fromkeys(old.labels + new.labels))
    return Violation(old.feature, old.start_ms, max(old.end_ms, new.end_ms), labels)
