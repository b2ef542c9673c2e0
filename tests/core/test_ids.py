"""UUIDs of version 7 as RFC 9562 §5.7 has them, and tokens."""

import time
import uuid

from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.ids import new_id, new_ids, new_token, unix_ms_of


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_an_id_is_a_valid_version_7_uuid_that_holds_its_time(ms: int) -> None:
    made = uuid.UUID(new_id(ms))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert unix_ms_of(str(made)) == ms


@given(st.integers(0, 2**48 - 2), st.integers(1, 1000))
def test_a_later_id_sorts_after_an_earlier_one_as_text(ms: int, later: int) -> None:
    assert new_id(ms) < new_id(min(ms + later, 2**48 - 1))


def test_an_id_made_now_holds_the_present_time() -> None:
    before = int(time.time() * 1000)
    assert before <= unix_ms_of(new_id()) <= int(time.time() * 1000)


def test_ids_and_tokens_do_not_repeat() -> None:
    assert len({new_id(0) for _ in range(1000)}) == 1000
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(new_token()) == 32


def test_ids_made_together_are_valid_and_rise() -> None:
    before = int(time.time() * 1000)
    together = new_ids(1000)
    assert together == sorted(set(together))
    assert {(uuid.UUID(each).version, uuid.UUID(each).variant) for each in together} == {
        (7, uuid.RFC_4122)
    }
    assert {len(each) for each in together} == {36}
    assert before <= unix_ms_of(together[0]) == unix_ms_of(together[-1]) <= time.time() * 1000
    assert new_ids(0) == []
