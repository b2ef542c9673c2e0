"""What people make of the built-in pipelines' documents is of the types that programs expect."""

from typing import Any

import pytest

from jobmill.core.pipelines.builtin import FORMS, MAPPING
from jobmill.core.pipelines.review_spec import form_problem


def problem(*points: Any) -> str | None:
    return form_problem(FORMS[MAPPING], {"points": list(points)})


@pytest.mark.parametrize(
    "point",
    [
        {"key": "total", "type": "money", "value": "abc"},
        {"key": "total", "type": "money", "value": 12},
        {"key": "total", "type": "money", "value": {"currency": "EUR"}},
        {"key": "total", "type": "money", "value": {"amount": 12.5, "currency": "EUR"}},
        {"key": "total", "type": "money", "value": {"amount": "1", "currency": 5}},
        {"key": "count", "type": "number", "value": "many"},
        {"key": "name", "type": "string", "value": ["a", "b"]},
        {"key": "added", "value": {"sum": "1"}},
        {"key": "empty"},
        {"value": "x"},
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(point: Any) -> None:
    good = {"key": "a", "value": "b"}
    assert str(problem(good, point)).startswith("/points/1")


def test_values_of_their_type_are_taken() -> None:
    assert not problem(
        {"key": "total", "type": "money", "value": {"amount": "12.50", "currency": None}},
        {"key": "tax", "type": "money", "value": None},
        {"key": "count", "type": "number", "value": 3},
        {"key": "day", "type": "date", "value": "2025-01-31"},
        {"key": "added", "value": "PO-55"},
        {"key": "added.sum", "value": {"amount": "1", "currency": "EUR"}},
    )


def test_a_large_document_is_within_the_steps_of_a_form() -> None:
    assert not problem(*({"key": f"k.{n}", "type": "string", "value": "x"} for n in range(15_000)))
