"""Spans of time with a label, and the algebra on them. Pure; times are exact seconds.

A timeline is a list of spans that are ordered and do not overlap; it covers a window when its spans
also touch each other and begin and end with the window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import floor


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: from `start` up to `end`, both in seconds on the file's timeline."""

    start: Fraction
    end: Fraction
    label: str = ""

    @property
    def length(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the file to analyse, in seconds; `end` None is the end of the file."""

    start: Fraction
    end: Fraction | None = None


def union(windows: Iterable[Window]) -> list[Window]:
    """The same time as ordered windows of which no two overlap or touch."""
    merged: list[Window] = []
    for window in sorted(windows, key=lambda each: each.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and window.start > last.end):
            merged.append(window)
        elif last.end is not None and (window.end is None or window.end > last.end):
            merged[-1] = replace(last, end=window.end)
    return merged


def append(timeline: list[Span], span: Span) -> None:
    """Add a span at the end, joined with the last one when it continues it. Empty spans vanish."""
    if span.end <= span.start:
        return
    last = timeline[-1] if timeline else None
    if last is not None and last.label == span.label and last.end >= span.start:
        timeline[-1] = replace(last, end=span.end)
    else:
        timeline.append(span)


def cover(timeline: Iterable[Span], start: Fraction, end: Fraction, missing: str) -> list[Span]:
    """The timeline cut to start..end, its holes filled with spans labelled `missing`."""
    covered: list[Span] = []
    reached = start
    for span in timeline:
        first, last = max(span.start, reached), min(span.end, end)
        if last <= first:
            continue
        append(covered, Span(reached, first, missing))
        append(covered, Span(first, last, span.label))
        reached = last
    append(covered, Span(reached, end, missing))
    return covered


def without_grains(timeline: Sequence[Span], least: Fraction) -> list[Span]:
    """The timeline, its first and last span joined with their neighbour where they are shorter."""
    kept = list(timeline)
    if len(kept) > 1 and kept[-1].length < least:
        kept[-2:] = [replace(kept[-2], end=kept[-1].end)]
    if len(kept) > 1 and kept[0].length < least:
        kept[:2] = [replace(kept[1], start=kept[0].start)]
    return kept


def overlay(timelines: Sequence[Sequence[Span]]) -> Iterable[tuple[Fraction, Fraction, list[str]]]:
    """Each stretch in which no timeline changes, with the label of every one ("" where none)."""
    edges = sorted({edge for line in timelines for span in line for edge in (span.start, span.end)})
    places = [0] * len(timelines)
    for start, end in pairwise(edges):
        labels = []
        for index, line in enumerate(timelines):
            while places[index] < len(line) and line[places[index]].end <= start:
                places[index] += 1
            place = places[index]
            inside = place < len(line) and line[place].start <= start
            labels.append(line[place].label if inside else "")
        yield start, end, labels


def intersect(first: Sequence[Span], second: Sequence[Span], label: str) -> list[Span]:
    """Where both timelines have a span, whatever its label."""
    both: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start, end = max(first[i].start, second[j].start), min(first[i].end, second[j].end)
        append(both, Span(start, end, label))
        if first[i].end <= second[j].end:
            i += 1
        else:
            j += 1
    return both


def milliseconds(seconds: Fraction) -> float:
    """Milliseconds, floored to the microsecond: frame 59 at 29.97 per second is 1968.633."""
    return floor(seconds * 1_000_000) / 1000
