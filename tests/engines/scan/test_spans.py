"""The algebra of spans holds for any timelines."""

import itertools
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jobmill_engines.scan.runs import Grid, Runs
from jobmill_engines.scan.spans import Span, Window, cover, intersect, milliseconds, union

moments = st.integers(0, 1000).map(lambda number: Fraction(number, 7))


@st.composite
def timelines(draw: st.DrawFn) -> list[Span]:
    edges = sorted(draw(st.sets(moments, max_size=12)))
    pairs = list(itertools.pairwise(edges))[::2]
    return [Span(start, end, draw(st.sampled_from("ab"))) for start, end in pairs]


@given(timelines(), moments, moments)
def test_a_covered_timeline_is_ordered_contiguous_and_complete(
    timeline: list[Span], first: Fraction, length: Fraction
) -> None:
    end = first + length
    covered = cover(timeline, first, end, "missing")
    assert sum(span.length for span in covered) == length
    assert all(a.end == b.start and a.label != b.label for a, b in itertools.pairwise(covered))
    if covered:
        assert (covered[0].start, covered[-1].end) == (first, end)


@given(timelines(), timelines())
def test_an_intersection_lies_in_both(one: list[Span], other: list[Span]) -> None:
    both = intersect(one, other, "both")
    for line in (one, other):
        for span in both:
            inside = sum(
                max(Fraction(0), min(s.end, span.end) - max(s.start, span.start)) for s in line
            )
            assert inside == span.length


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=8))
def test_a_union_of_windows_does_not_overlap(pairs: list[tuple[Fraction, Fraction]]) -> None:
    merged = union([Window(a, a + b) for a, b in pairs])
    for one, other in itertools.pairwise(merged):
        assert one.end is not None
        assert one.end < other.start


@given(st.lists(st.integers(0, 3), min_size=1, max_size=80), st.integers(1, 79))
def test_runs_cover_what_they_were_fed_wherever_it_was_cut(states: list[int], cut: int) -> None:
    grid = Grid(Fraction(0), 1000, 5)
    end = grid.time(len(states))
    found = []
    for parts in ([states], [states[:cut], states[cut:]]):
        runs = Runs(grid, least=4)
        for part in parts:
            runs.feed(np.array(part, dtype=np.int8))
        found.append(runs.finish(end, "abcd"))
    whole, pieces = found
    assert whole == pieces
    assert (whole[0].start, whole[-1].end) == (0, end)
    assert all(a.end == b.start for a, b in itertools.pairwise(whole))


def test_frame_59_is_printed_as_the_vendor_prints_it() -> None:
    assert milliseconds(Fraction(59 * 1001, 30000)) == 1968.633
