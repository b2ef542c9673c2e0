"""Results are held to what their engine says that they are, and to nothing else."""

from typing import Any

import pytest

from jobmill.core.results import checking
from jobmill.core.results.aion import MEDIA_TYPE
from jobmill.core.results.checking import problem_of
from jobmill_engine.facts import FACTS_MEDIA_TYPE

OWN_SHAPE = {"words": 12, "object": "a table", "series": "A"}
BAD_FACTS = {"words": [{"start_ms": 3, "end_ms": 1, "text": "a"}]}
BAD_AION = {"validationContracts": ["transcript"], "series": [{"startTimeMs": 0, "stopTimeMs": 1}]}


@pytest.mark.parametrize("document", [OWN_SHAPE, BAD_FACTS, {}])
def test_an_engine_that_says_nothing_answers_as_it_likes(document: dict[str, Any]) -> None:
    assert problem_of(document, ["application/json"]) is None


def test_facts_are_checked_where_the_engine_says_that_it_gives_them() -> None:
    assert problem_of({"words": []}, [FACTS_MEDIA_TYPE]) is None
    problem = problem_of(BAD_FACTS, ["application/json", FACTS_MEDIA_TYPE])
    assert problem is not None
    assert "a document of facts: words[0].end_ms: 1 lies before the start, 3" in problem


def test_aion_is_checked_where_contracts_are_named_or_the_engine_says_so() -> None:
    for media_out in ((), (FACTS_MEDIA_TYPE,), (MEDIA_TYPE,)):
        assert "'words'" in (problem_of(BAD_AION, media_out) or "")
    assert "should be array" in (problem_of(OWN_SHAPE, [MEDIA_TYPE]) or "")
    assert problem_of({}, [MEDIA_TYPE]) is None


def test_the_names_are_those_of_the_kit() -> None:
    assert (checking.FACTS_MEDIA_TYPE, checking.AION_MEDIA_TYPE) == (FACTS_MEDIA_TYPE, MEDIA_TYPE)
