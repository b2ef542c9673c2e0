"""What was put into a sample beside what was found in it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobmill.cli.output import offset

if TYPE_CHECKING:
    from jobmill.samples import Truth

TOLERANCE_MS = 34.0
LEAST_SILENCE = 0.5


@dataclass(frozen=True, slots=True)
class Extent:
    """From `start` to `end`, in milliseconds, and what is there."""

    start: float
    end: float
    label: str

    def __str__(self) -> str:
        return f"{offset(self.start)}–{offset(self.end)} {self.label}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison. `verdict` is ok, differs, missing or extra."""

    feature: str
    put_in: Extent | None
    found: Extent | None
    verdict: str

    @property
    def off_by(self) -> str:
        """The larger difference of the two ends."""
        if self.put_in is None or self.found is None:
            return ""
        return f"{_distance(self.put_in, self.found):.1f} ms"


def put_in(truth: "Truth", feature: str) -> tuple[Extent, ...]:
    """What a right answer says for this feature, with its default parameters."""
    spans = {
        "AUDIO_FORMAT": truth.audio_format,
        "IN_BLACK": truth.in_black(),
        "SHOT_CHANGE_DETECTION": truth.shots,
        "FREEZE": truth.frozen(),
        "SILENCE": tuple(s for s in truth.silence if s.end - s.start >= LEAST_SILENCE),
    }[feature]
    return tuple(Extent(span.start * 1000, span.end * 1000, span.label) for span in spans)


def compare(
    feature: str, expected: Sequence[Extent], found: Iterable[Extent] | None
) -> Iterator[Row]:
    """A row for each span that was put in, and one for each that nobody put in.

    `found` None: the feature has no result at all, which is never right.
    """
    left = list(found or ())
    if not (left or expected):
        yield Row(feature, None, None, "missing" if found is None else "ok")
    for each in expected:
        near = max(left, key=lambda other: _overlap(each, other), default=None)
        if near is None or _overlap(each, near) <= 0:
            yield Row(feature, each, None, "missing")
            continue
        left.remove(near)
        same = near.label == each.label and _distance(each, near) <= TOLERANCE_MS
        yield Row(feature, each, near, "ok" if same else "differs")
    for other in left:
        yield Row(feature, None, other, "extra")


def _overlap(one: Extent, other: Extent) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _distance(one: Extent, other: Extent) -> float:
    return max(abs(one.start - other.start), abs(one.end - other.end))
