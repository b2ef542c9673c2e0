"""Cursors go out and come back; nothing else is taken for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.errors import InvalidInput
from jobmill.http.paging import (
    NUMBER_LIMIT,
    cursor_at,
    decode_cursor,
    decode_place,
    encode_cursor,
    encode_place,
    place_of,
)

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))


@given(TIMES, st.integers(0, NUMBER_LIMIT))
def test_a_place_comes_back_from_its_cursor(at: datetime, number: int) -> None:
    cursor = cursor_at(at, number)
    assert place_of(cursor) == (at, number)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_any_other_text_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        place_of(text)
    assert refusal.value.field == "cursor"


@pytest.mark.parametrize("numbers", [(), (1,), (1, 2, 3), (1, 2**63)])
def test_a_cursor_of_another_list_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(encode_cursor(*numbers), 2)


@pytest.mark.parametrize("word", ["out", "", "a.b", "ä/ö", "x" * 300])
@pytest.mark.parametrize("number", [0, 7, 2**63 - 1])
def test_a_place_by_number_and_word_is_found_again(number: int, word: str) -> None:
    cursor = encode_place(number, word)
    assert decode_place(cursor) == (number, word)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "cursor", ["", "?", "b3V0", "LTEub3V0", "OTk5OTk5OTk5OTk5OTk5OTk5OTkub3V0"]
)
def test_what_is_no_place_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        decode_place(cursor)
