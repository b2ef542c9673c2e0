"""What a review may ask, and what a form finds."""

from typing import Any

import pytest

from jobmill.core.errors import GraphInvalid
from jobmill.core.pipelines import Agreement, ReviewSpec
from jobmill.core.pipelines.review_spec import form_problem, review_spec, stored_spec


@pytest.mark.parametrize(
    ("threshold", "confidence", "asks"),
    [
        (1, 1.0, True),
        (1, None, True),
        (3, 1.0, True),
        (0, 0.0, False),
        (0, None, False),
        (-1, None, False),
        (0.5, None, True),
        (0.5, 0.49, True),
        (0.5, 0.5, False),
    ],
)
def test_a_threshold_asks(threshold: float, confidence: float | None, asks: bool) -> None:
    spec = review_spec({"step": "s", "threshold": threshold}, "review")
    assert spec.asks(confidence) == asks


def test_what_is_stored_comes_back() -> None:
    spec = ReviewSpec("s", 0.3, 3, Agreement.CONSENSUS, 60, "Right?", {"type": "object"})
    assert stored_spec(spec.as_json()) == spec
    assert stored_spec(ReviewSpec("s").as_json()) == ReviewSpec("s")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("mapping", "review"),
        ({}, "review.step"),
        ({"step": ""}, "review.step"),
        ({"step": "s", "threshold": "1"}, "review.threshold"),
        ({"step": "s", "threshold": float("nan")}, "review.threshold"),
        ({"step": "s", "people": 0}, "review.people"),
        ({"step": "s", "people": True}, "review.people"),
        ({"step": "s", "agreement": "loudest"}, "review.agreement"),
        ({"step": "s", "claim_seconds": 1}, "review.claim_seconds"),
        ({"step": "s", "question": 1}, "review.question"),
        ({"step": "s", "form": []}, "review.form"),
        ({"step": "s", "form": {"type": "thing"}}, "review.form"),
        ({"step": "s", "form": {"uniqueItems": True}}, "review.form"),
        ({"step": "s", "form": {"items": [{"patternProperties": {}}]}}, "review.form"),
        ({"step": "s", "form": {"title": "x" * 70_000}}, "review.form"),
        ({"step": "s", "who": "me"}, "review.who"),
    ],
)
def test_a_wrong_review_names_the_field(said: Any, field: str) -> None:
    with pytest.raises(GraphInvalid) as refused:
        review_spec(said, "review")
    assert refused.value.field == field


def test_a_field_may_be_called_like_what_is_refused() -> None:
    form = {"properties": {"pattern": {"type": "string"}}}
    assert review_spec({"step": "s", "form": form}, "review").form == form
    assert form_problem(form, {"pattern": 1}) == "/pattern: 1 is not of type 'string'."
    assert form_problem(form, {"pattern": "a"}) is None


@pytest.mark.parametrize(
    "form",
    [{"$ref": "#"}, {"$ref": "#/$defs/nowhere"}, {"$ref": "#/$defs/a0"}],
)
def test_a_form_that_never_ends_is_given_up(
    form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobmill.core.pipelines.schemas.STEPS", 5000)
    doubling = {
        f"a{n}": {"anyOf": [{"$ref": f"#/$defs/a{n + 1}"}, {"$ref": f"#/$defs/a{n + 1}"}]}
        for n in range(40)
    }
    problem = form_problem({**form, "$defs": {**doubling, "a40": False}}, {})
    assert problem is not None
    assert "cannot be applied" in problem
