"""When several people have come to an answer."""

import pytest

from jobmill.core.ids import UserNumber
from jobmill.core.pipelines import Agreement, ReviewSpec
from jobmill.core.reviews.agreement import hides, standing_of
from jobmill.core.reviews.model import Answer, AnswerKind, ReviewNumber
from tests.core.graphs import NOW


def answers(words: str) -> list[Answer]:
    """One answer a letter: equal letters are equal documents, `<` sends back."""
    return [
        Answer(
            number,
            str(number),
            ReviewNumber(1),
            UserNumber(number),
            AnswerKind.SEND_BACK if letter == "<" else AnswerKind.EDIT,
            NOW,
            letter,
        )
        for number, letter in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("people", "given", "places", "agreed", "arbiter"),
    [
        (1, "", 1, None, False),
        (1, "a", 0, "a", False),
        (2, "a", 1, None, False),
        (2, "aa", 0, "a", False),
        (2, "ab", 1, None, True),
        (2, "abc", 0, "c", True),
        (3, "", 3, None, False),
        (3, "ab", 1, None, False),
        (3, "abb", 0, "b", False),
        (3, "abc", 1, None, True),
        (3, "abca", 0, "a", True),
        (4, "ab", 2, None, False),
        (4, "aba", 1, None, False),
        (4, "abc", 1, None, True),
        (4, "aabb", 1, None, True),
        (5, "aa<<<", 0, "<", False),
    ],
)
def test_apart(people: int, given: str, places: int, agreed: str | None, arbiter: bool) -> None:
    standing = standing_of(ReviewSpec("s", 1, people, Agreement.CONSENSUS), answers(given))
    found = standing.agreed and standing.agreed.digest
    assert (standing.places, found, standing.arbiter) == (places, agreed, arbiter)


@pytest.mark.parametrize(
    ("people", "given", "places", "agreed"),
    [(1, "", 1, None), (2, "a", 1, None), (2, "ab", 0, "b"), (3, "<", 0, "<"), (3, "ab", 1, None)],
)
def test_one_after_the_other(people: int, given: str, places: int, agreed: str | None) -> None:
    standing = standing_of(ReviewSpec("s", 1, people), answers(given))
    assert (standing.places, standing.agreed and standing.agreed.digest) == (places, agreed)


def test_answers_given_apart_are_hidden_from_others_until_it_is_over() -> None:
    spec, given = ReviewSpec("s", 1, 3, Agreement.CONSENSUS), answers("ab")
    standing = standing_of(spec, given)
    assert hides(spec, standing, given[0], UserNumber(1))
    assert not hides(spec, standing, given[0], UserNumber(0))
    assert not hides(spec, standing_of(spec, answers("abc")), given[0], UserNumber(1))
    assert not hides(ReviewSpec("s", 1, 3), standing, given[0], UserNumber(1))
