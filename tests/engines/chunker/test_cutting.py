"""The pure halves of the chunker: where sound is cut, and which packet goes into which chunk."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobmill_engines.chunker.cutting import ChunkEnd, CutPlan, Cutter, Piece
from jobmill_engines.chunker.key_cuts import Closed, Given, KeyCutter
from jobmill_engines.media.coded import Coded
from tests.engines.media.made import speech

RATE = 1000
SAMPLES = speech(40.0, 5, RATE)[0][:, None]


def cut(plan: CutPlan, sizes: Iterable[int], count: int) -> list[tuple[ChunkEnd, bytes]]:
    """The chunks when the sound comes in pieces of these sizes."""
    cutter, begin, chunks, held = Cutter(plan, 1), 0, [], b""
    steps: list[Piece | ChunkEnd] = []
    for size in sizes:
        steps += cutter.feed(SAMPLES[begin : min(begin + size, count)])
        begin += size
    steps += cutter.feed(SAMPLES[begin:count]) if begin < count else []
    for step in [*steps, *cutter.finish()]:
        if isinstance(step, Piece):
            held += step.samples.tobytes()
        else:
            chunks.append((step, held))
            held = b""
    assert held == b""
    return chunks


@settings(max_examples=60, deadline=None)
@given(
    st.integers(200, 12_000),
    st.integers(0, 150),
    st.integers(0, 3000),
    st.integers(1, 40_000),
    st.lists(st.integers(1, 9000), max_size=12),
)
def test_own_spans_tile_and_how_the_sound_comes_does_not_matter(
    chunk: int, lead: int, search: int, count: int, sizes: list[int]
) -> None:
    plan = CutPlan(RATE, chunk, min(lead, chunk // 2), min(search, chunk // 4))
    whole = cut(plan, [], count)
    assert cut(plan, sizes, count) == whole
    place = 0
    for end, data in whole:
        assert (end.own_start, end.own_start < end.own_end) == (place, True)
        assert end.start == max(0, end.own_start - plan.lead)
        assert end.end == min(count, end.own_end + plan.lead)
        assert data == SAMPLES[end.start : end.end].tobytes()
        place = end.own_end
    assert place == count


def test_digital_silence_is_cut_at_the_nominal_border() -> None:
    cutter = Cutter(CutPlan(RATE, 5000, 500, 1250), 1)
    steps = [*cutter.feed(np.zeros((20_000, 1), np.int16)), *cutter.finish()]
    ends = [step.own_end for step in steps if isinstance(step, ChunkEnd)]
    assert ends == [5000, 10_000, 15_000, 20_000]


@dataclass(frozen=True)
class Packet:
    """As much of a packet as the cutter looks at."""

    size: int = 100


def video(dts: int, pts: int, key: bool = False) -> Coded:
    return Coded(True, pts, dts, 1, Fraction(1), key, cast(Any, Packet()))


def sound(time: int) -> Coded:
    return Coded(False, time, time, 1, Fraction(1), True, cast(Any, Packet()))


def chunks_of(
    packets: list[Coded], length: int, lead: int = 0
) -> tuple[dict[int, list[tuple[str, int]]], list[tuple[Fraction, Fraction | None]]]:
    """The packets of each chunk as (lane, pts), and the own spans in the order of closing."""
    cutter = KeyCutter(Fraction(length), Fraction(lead))
    steps: list[Given | Closed] = [step for each in packets for step in cutter.feed(each)]
    steps += cutter.finish()
    taken: dict[int, list[tuple[str, int]]] = {}
    spans = []
    for step in steps:
        if isinstance(step, Closed):
            assert step.chunk.number == len(spans)
            spans.append((step.chunk.own_start, step.chunk.own_end))
        else:
            assert step.chunk.number >= len(spans)
            lane = "v" if step.coded.video else "a"
            taken.setdefault(step.chunk.number, []).append((lane, step.coded.pts))
    return taken, spans


def test_pictures_of_an_open_group_stay_with_the_chunk_before_and_its_key_picture() -> None:
    packets = [video(0, 0, True), video(1, 3), video(2, 1), video(3, 2)]
    packets += [video(4, 6, True), video(5, 4), video(6, 5), video(7, 9), video(8, 7), video(9, 8)]
    taken, spans = chunks_of(packets, 4)
    assert sorted(taken[0]) == [("v", pts) for pts in range(7)]
    assert sorted(taken[1]) == [("v", pts) for pts in range(6, 10)]
    assert spans == [(0, 6), (6, 10)]


def test_a_closed_group_is_in_one_chunk_only() -> None:
    packets = [video(n, n, n % 3 == 0) for n in range(12)]
    taken, spans = chunks_of(packets, 4)
    assert [sorted(each) for each in taken.values()] == [
        [("v", n) for n in span] for span in (range(6), range(6, 9), range(9, 12))
    ]
    assert spans == [(0, 6), (6, 9), (9, 12)]


@pytest.mark.parametrize("ahead", [-1, 0, 2])
def test_sound_goes_where_its_time_is_however_it_is_interleaved(ahead: int) -> None:
    packets: list[Coded] = []
    for n in range(12):
        packets.append(video(n, n, n % 3 == 0))
        if 0 <= n + ahead < 12:
            packets.append(sound(n + ahead))
    taken, _ = chunks_of(packets, 4)
    heard = [[pts for lane, pts in each if lane == "a"] for each in taken.values()]
    whole = [n for n in range(12) if any(not p.video and p.pts == n for p in packets)]
    assert [n for chunk in heard for n in chunk] == whole
    assert all(n < 6 for n in heard[0])


def test_with_a_lead_a_chunk_begins_at_the_key_picture_before_it() -> None:
    packets = [each for n in range(20) for each in (video(n, n, n % 4 == 0), sound(n))]
    taken, spans = chunks_of(packets, 8, lead=2)
    assert spans == [(0, 8), (8, 16), (16, 20)]
    for lane in "va":
        carried = [[pts for kind, pts in each if kind == lane] for each in taken.values()]
        assert carried == [list(range(10)), list(range(4, 18)), list(range(12, 20))]


def test_what_comes_before_the_first_key_picture_is_left_out() -> None:
    packets = [video(0, 0), sound(0), video(1, 1), sound(1), video(2, 2, True), sound(2)]
    taken, spans = chunks_of(packets, 10)
    assert sorted(taken[0]) == [("a", 0), ("a", 1), ("a", 2), ("v", 2)]
    assert spans == [(0, 3)]


def test_without_any_key_picture_there_is_nothing() -> None:
    assert chunks_of([video(n, n) for n in range(5)], 2) == ({}, [])
