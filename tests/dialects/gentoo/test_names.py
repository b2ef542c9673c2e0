import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.ids import new_id
from jobmill.dialects.gentoo.mapping.names import name_of, second_and_number, second_of

NUMBERS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(0, (2**32 - 1) * 1000 + 999)


@given(MOMENTS, NUMBERS)
def test_a_name_says_the_second_and_the_number_of_its_row(unix_ms: int, number: int) -> None:
    uuid7 = new_id(unix_ms)
    name = name_of(uuid7, number)

    assert len(name) == 24
    assert second_and_number(name) == (unix_ms // 1000, number)
    assert second_of(uuid7) == unix_ms // 1000


@given(MOMENTS, NUMBERS)
def test_letters_may_be_of_either_case(unix_ms: int, number: int) -> None:
    name = name_of(new_id(unix_ms), number)
    assert second_and_number(name.upper()) == second_and_number(name)


@given(st.tuples(MOMENTS, NUMBERS), st.tuples(MOMENTS, NUMBERS))
def test_different_rows_have_different_names(one: tuple[int, int], other: tuple[int, int]) -> None:
    same = (one[0] // 1000, one[1]) == (other[0] // 1000, other[1])
    assert (name_of(new_id(one[0]), one[1]) == name_of(new_id(other[0]), other[1])) == same


@given(st.text() | st.text("0123456789abcdefABCDEF", max_size=30).filter(lambda t: len(t) != 24))
def test_other_texts_are_no_names(text: str) -> None:
    assert second_and_number(text) is None


@pytest.mark.parametrize("text", ["5fd029158c82e7313614426g", " 5fd029158c82e731361442f", "٠" * 24])
def test_only_hex_digits_make_a_name(text: str) -> None:
    assert len(text) == 24
    assert second_and_number(text) is None


def test_numbers_that_no_row_can_have_are_no_names() -> None:
    assert second_and_number("5fd02915" + "0" * 16) is None
    assert second_and_number("5fd02915" + "f" * 16) is None
    assert second_and_number("5fd02915" + "7" + "f" * 15) == (0x5FD02915, 2**63 - 1)
