"""The formats, their options and their defaults."""

from typing import Any

import pytest

from jobmill.core.errors import InvalidInput
from jobmill.core.exports.formats import (
    DEFAULTS,
    MEDIA_TYPES,
    OPTION_NAMES,
    OPTIONS,
    ExportFormat,
    format_of,
    options_of,
)


def test_each_format_has_options_defaults_and_a_media_type() -> None:
    assert set(ExportFormat) == set(OPTIONS) == set(DEFAULTS) == set(MEDIA_TYPES)
    assert {name for names in OPTIONS.values() for name in names} == set(OPTION_NAMES)


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("txt", (60, False, 0)),
        ("docx", (60, False, 0)),
        ("srt", (32, False, 1000, 2, 5000, False)),
        ("vtt", (32, False, 1000, 2, 5000, False)),
        ("ttml", (80, False, 1000, 1, 5000, False)),
        ("txtAvid", (30, False, 1000, 3, 5000, False)),
    ],
)
def test_the_defaults_are_the_documented_ones(name: str, defaults: tuple[Any, ...]) -> None:
    options = options_of(format_of(name), {})
    names = OPTION_NAMES[: len(defaults)]
    assert tuple(getattr(options, each) for each in names) == defaults


def test_what_is_given_replaces_the_default() -> None:
    options = options_of(ExportFormat.TTML, {"file_extension": ".xml", "lines_per_screen": 2})
    assert (options.file_extension, options.lines_per_screen) == ("xml", 2)
    assert options.max_characters_per_line == 80


@pytest.mark.parametrize(
    ("format", "given", "message"),
    [
        ("srt", {"lines": 2}, "options.lines: srt has no such option; it has max_characters"),
        ("txt", {"lines_per_screen": 2}, "txt has no such option"),
        ("srt", {"lines_per_screen": 0}, "give a whole number, 1 to 100"),
        ("srt", {"max_characters_per_line": "32"}, "give a whole number"),
        ("srt", {"max_characters_per_line": True}, "give a whole number"),
        ("srt", {"with_speaker_data": "yes"}, "give true or false"),
        ("srt", {"file_extension": "../x"}, "letters and digits"),
        ("srt", {"file_extension": ""}, "letters and digits"),
    ],
)
def test_a_wrong_option_is_named(format: str, given: dict[str, Any], message: str) -> None:  # noqa: A002
    with pytest.raises(InvalidInput, match=message):
        options_of(format_of(format), given)


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'xml' is no format; give vtt, srt, ttml"):
        format_of("xml")
