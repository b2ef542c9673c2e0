"""A string that goes on in the lines below it, such as an address. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from jobmill_engines.data_points.candidates import Known
from jobmill_engines.data_points.choosing import Chosen
from jobmill_engines.data_points.segments import Segment, Sheet
from jobmill_engines.data_points.values import Value

_GAP = 0.75
_MOST = 8


def with_lines_below(chosen: Chosen, sheets: Sequence[Sheet], known: Known) -> Chosen:
    """The same with the lines that follow closely at the same left edge and are no labels."""
    candidate = chosen.candidate
    segment = candidate.segment
    if segment.place and segment.lines > 1:
        return chosen
    texts = [str(candidate.value.value)]
    left = segment.box_of(candidate.start, candidate.end).x0
    last = segment
    (sheet,) = [each for each in sheets if each.number == segment.page]
    for other in sheet.segments:
        if len(texts) >= _MOST:
            break
        if _follows(last, other, left) and not known.labels[id(other)] and not _told(other):
            texts.append(other.text)
            last = other
    text = "\n".join(texts)
    old = candidate.value
    value = Value(old.start, old.end, text, text, old.fit)
    return replace(chosen, candidate=replace(candidate, value=value))


def _follows(last: Segment, other: Segment, left: float) -> bool:
    gap = other.box.y0 - last.box.y1
    near = -0.3 * last.size < gap < _GAP * last.size
    alike = abs(other.size - last.size) < 0.25 * last.size and other.place == last.place
    return near and alike and abs(other.box.x0 - left) < 0.6 * last.size


def _told(segment: Segment) -> bool:
    return ":" in segment.text
