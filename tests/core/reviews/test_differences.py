"""Differences lead from one document to the other; digests tell documents apart, not spellings."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobmill.core.reviews.differences import MOST_CHANGES, differences, digest_of, same

PLAIN = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3)
DOCUMENTS = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~", max_size=2), inner),
    max_leaves=12,
)


def applied(document: Any, changes: Any) -> Any:
    """The document with the changes made, in their order, as a reader would."""
    root = {"": copy.deepcopy(document)}
    for change in changes:
        words = ["", *(w.replace("~1", "/").replace("~0", "~") for w in change.path.split("/")[1:])]
        place: Any = root
        for word in words[:-1]:
            place = place[int(word)] if isinstance(place, list) else place[word]
        last: Any = int(words[-1]) if isinstance(place, list) else words[-1]
        if change.op == "remove":
            assert same(place[last], change.before)
            del place[last]
        elif change.op == "add" and isinstance(place, list):
            place.insert(last, change.after)
        else:
            assert change.op == "add" or same(place[last], change.before)
            place[last] = change.after
    return root[""]


@given(DOCUMENTS, DOCUMENTS)
def test_changes_make_the_one_document_of_the_other(before: Any, after: Any) -> None:
    changes = differences(before, after)
    assert same(applied(before, changes), after)
    assert bool(changes) is not same(before, after)


@given(DOCUMENTS, DOCUMENTS)
def test_equal_digests_mean_equal_documents(one: Any, other: Any) -> None:
    assert (digest_of(one) == digest_of(other)) == same(one, other)


def test_a_digest_does_not_see_how_a_document_is_written() -> None:
    one, other = '{"a": 1.0, "b": [2]}', '{"b":[2.0],"a":1}'
    assert digest_of(json.loads(one)) == digest_of(json.loads(other))
    assert digest_of(True) != digest_of(1)


def test_one_element_more_is_one_change() -> None:
    before = [{"key": n} for n in range(100)]
    after = [*before[:40], {"key": "new"}, *before[40:]]
    (change,) = differences(before, after)
    assert (change.op, change.path, change.after) == ("add", "/40", {"key": "new"})


@pytest.mark.parametrize("count", [MOST_CHANGES, MOST_CHANGES + 1])
def test_too_many_changes_are_one_of_the_whole_document(count: int) -> None:
    before, after = list(range(count)), [-1 - n for n in range(count)]
    assert len(differences(before, after)) == (count if count <= MOST_CHANGES else 1)
