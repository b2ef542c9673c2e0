"""Parameters against the schema of a manifest: what is refused names the field and the fix."""

from typing import Any

import pytest

from jobmill.core.engines.parameters import check_parameters
from jobmill.core.errors import InvalidInput

KNOWN = {"delay": {"type": "number"}, "old": False, "deep": {"additionalProperties": False}}
SHUT = {"properties": KNOWN, "additionalProperties": False}

FITTING = {"properties": {"fits": {"type": "string", "maxLength": 500, "format": "regex"}}}
ONCE = {"properties": {"all": {"uniqueKeys": ["k"]}}}
DEEP = {"properties": {"deep": {"format": "regex"}}}


@pytest.mark.parametrize(
    ("given", "schema", "field", "words"),
    [
        ({"dealy": 1}, SHUT, "p.dealy", "Did you mean 'delay'?"),
        ({"delay": 1, "colour": 1}, SHUT, "p.colour", "Known here: deep, delay, old."),
        ({"deep": {"x": 1}}, SHUT, "p.deep.x", "Remove it."),
        ({"x": 1}, {"additionalProperties": False}, "p.x", "Remove it."),
        ({"delay": "long"}, SHUT, "p.delay", "not of type 'number'"),
        ({"old": 1}, SHUT, "p", "False schema"),
        ({"other": "text"}, {"additionalProperties": {"type": "number"}}, "p.other", "'number'"),
        ({"y": 1}, {**SHUT, "patternProperties": {"^x": {}}}, "p", "'y'"),
        ({}, {"required": ["delay"]}, "p", "'delay' is a required property"),
        ({"fits": "(("}, FITTING, "p.fits", "is no regular expression (missing )"),
        ({"fits": "a{99999999999}"}, FITTING, "p.fits", "is no regular expression"),
        ({"deep": "(" * 9000 + ")" * 9000}, DEEP, "p.deep", "is no regular expression"),
        ({"fits": "(" * 9000}, FITTING, "p.fits", "is too long"),
        ({"all": [{"k": "a"}, {"k": "b"}, {"k": "a"}]}, ONCE, "p.all.2.k", "'a' is there twice"),
        ({"fits": 5}, FITTING, "p.fits", "not of type 'string'"),
    ],
)
def test_what_a_schema_refuses_names_field_and_fix(
    given: dict[str, Any], schema: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_parameters(given, schema, "p")
    assert refusal.value.field == field
    assert words in f"{refusal.value.message} {refusal.value.details.get('fix', '')}"


def test_what_a_schema_takes_is_taken() -> None:
    check_parameters({"delay": 1.5, "deep": {}}, SHUT, "p")
    check_parameters({"anything": 1}, {}, "p")
    check_parameters({"fits": r"[A-Z]{2}-\d+"}, FITTING, "p")
    check_parameters({"all": [{"k": "a"}, {"k": "b"}, {}, {}, 1, {"k": 1}]}, ONCE, "p")
    check_parameters({"all": "a"}, ONCE, "p")
    check_parameters({"day": "no day"}, {"properties": {"day": {"format": "date"}}}, "p")
