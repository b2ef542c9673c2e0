"""What is right beside a known answer, as a whole and field by field."""

from typing import Any

import pytest
from hypothesis import given as with_any
from hypothesis import strategies as st

from jobmill.core.truths import judge
from jobmill.core.truths.judging import MOST_FIELDS, judge_unread

INVOICE = {"vendor": "Ada & Co", "total": 12.5, "paid": False, "lines": [{"sku": "a"}]}


WORDS = st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def fields(truth: Any, given: Any) -> dict[str, bool]:
    return {each.field: each.right for each in judge(truth, given).fields}


@pytest.mark.parametrize(
    ("known", "given"),
    [
        ("cat", "cat"),
        ("one  two", " one two\n"),
        ("caf\u00e9", "cafe\u0301"),
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        (None, None),
        ({"a": None}, {}),
        ({"a": 1}, {"a": 1, "more": 2}),
        ({"a": 1, "confidence": 0.9}, {"a": 1, "confidence": 0.2}),
        ([1, "b"], [1, "b"]),
        ({}, {"a": 1}),
    ],
)
def test_what_is_meant_is_right(known: Any, given: Any) -> None:
    judged = judge(known, given)
    assert (judged.correct, judged.score) == (True, 1.0)


@pytest.mark.parametrize(
    ("known", "given"),
    [
        ("cat", "Cat"),
        (1, True),
        (True, 1),
        (12.5, 12.51),
        ("1", 1),
        ([1, 2], [2, 1]),
        ([1], [1, 2]),
        (None, 0),
        ({"a": {"b": 1}}, {"a": 1}),
        ({"a": "sure", "confidence": "high"}, {"a": "sure", "confidence": "low"}),
        ("cat", None),
    ],
)
def test_what_is_not_is_wrong(known: Any, given: Any) -> None:
    assert not judge(known, given).correct


def test_objects_are_judged_field_by_field() -> None:
    judged = judge(INVOICE, {**INVOICE, "total": 12.0, "lines": [{"sku": "b"}]})
    assert (judged.correct, judged.score) == (False, 0.5)
    assert {each.field: each.right for each in judged.fields} == {
        "/vendor": True,
        "/total": False,
        "/paid": True,
        "/lines": False,
    }


def test_fields_inside_fields_have_pointers() -> None:
    assert fields({"a": {"b/c": 1, "d~": {}}}, {"a": {"b/c": 1}}) == {
        "/a/b~1c": True,
        "/a/d~0": False,
    }


def test_labels_are_kept_as_words() -> None:
    judged = judge(
        {"label": "cat", "legs": 4, "tame": True, "weight": 4.5, "note": "x" * 101},
        {"label": "dog", "legs": None, "tame": [1]},
    )
    words = {each.field: (each.truth, each.given) for each in judged.fields}
    assert words == {
        "/label": ("cat", "dog"),
        "/legs": ("4", None),
        "/tame": ("true", "[1]"),
        "/weight": (None, None),
        "/note": (None, None),
    }


def test_a_right_label_is_the_same_word_however_it_was_written() -> None:
    (field,) = judge("one  two", "one two").fields
    assert (field.truth, field.given) == ("one two", "one two")


def test_very_many_fields_are_judged_as_one() -> None:
    known = {str(i): i for i in range(MOST_FIELDS + 1)}
    assert judge(known, known) == judge_unread(same=True)
    assert judge(known, {**known, "0": 1}) == judge_unread(same=False)


def test_a_document_without_end_is_wrong_and_harms_nobody() -> None:
    deep: Any = "end"
    for _ in range(100_000):
        deep = [deep]
    assert not judge(deep, "end").correct
    assert not judge({"a": deep}, {"a": deep}).correct


@with_any(JSON, JSON)
def test_whatever_is_answered_is_judged(known: Any, given: Any) -> None:
    judged = judge(known, given)
    assert 0 <= judged.score <= 1
    assert judged.correct is (judged.score == 1)
    assert judged.correct is all(each.right for each in judged.fields)
    for each in judged.fields:
        assert each.given == each.truth or not each.right


@with_any(JSON.filter(lambda value: value == value and "nan" not in repr(value)))
def test_what_is_known_is_right_beside_itself(known: Any) -> None:
    assert judge(known, known).correct


def test_whole_numbers_that_no_float_holds_are_compared() -> None:
    assert judge(10**400, 10**400).correct
    assert not judge(10**400, 1.5).correct
    assert not judge([10**400], [1.5]).correct
