from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.errors import InvalidInput
from jobmill.dialects.gentoo.mapping.times import milliseconds_of, moment_of, offset_of


@pytest.mark.parametrize(
    ("milliseconds", "offset"),
    [
        (0.0, "0.000000s"),
        (1968.633, "1.968633s"),
        (2035.366999, "2.035366s"),
        (43977.266, "43.977266s"),
        (86_400_000.0, "86400.000000s"),
        (1e-7, "0.000000s"),
    ],
)
def test_offsets_are_seconds_with_six_digits_floored(milliseconds: float, offset: str) -> None:
    assert offset_of(milliseconds) == offset


@given(st.integers(0, 10**12))
def test_microseconds_survive_the_way_out_and_in(micros: int) -> None:
    assert milliseconds_of(offset_of(micros / 1000), "x") == pytest.approx(micros / 1000, abs=1e-9)


@pytest.mark.parametrize(
    ("given_", "milliseconds"),
    [("0s", 0), ("1.5s", 1500), ("12", 12000), (3, 3000), (2.25, 2250), ("0.000000001s", 1e-6)],
)
def test_offsets_are_read_with_and_without_an_s(given_: object, milliseconds: float) -> None:
    assert milliseconds_of(given_, "x") == pytest.approx(milliseconds)


@pytest.mark.parametrize("bad", ["", "s", "-1s", "1m", "1,5s", "1e3s", True, None, {}, "1s\n", -1])
def test_other_offsets_are_refused_by_field(bad: object) -> None:
    with pytest.raises(InvalidInput, match=r"12\.5s") as refusal:
        milliseconds_of(bad, "videoContext.segments.0.startTimeOffset")
    assert refusal.value.field == "videoContext.segments.0.startTimeOffset"


def test_moments_are_utc_with_three_or_six_digits() -> None:
    at = datetime(2020, 12, 9, 2, 32, 5, 304999, tzinfo=timezone(timedelta(hours=1)))
    assert moment_of(at) == "2020-12-09T01:32:05.304Z"
    assert moment_of(at, micros=True) == "2020-12-09T01:32:05.304999Z"
    assert moment_of(datetime(2020, 1, 1, tzinfo=UTC)) == "2020-01-01T00:00:00.000Z"
