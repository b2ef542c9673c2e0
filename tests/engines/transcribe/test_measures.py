"""The measure of what is lost or doubled at borders, on words made up for it."""

import pytest

from tests.engines.transcribe.speech import border_faults

SAID = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@pytest.mark.parametrize(
    ("heard", "faults"),
    [
        ("one two three four five six seven eight nine ten", []),
        ("one two three for five six seven eight nine ten", []),
        ("one two three five six seven eight nine ten", ["-four"]),
        ("one two three four five five six seven eight nine ten", ["+five"]),
        ("two three four five six seven eight nine ten", []),
        ("one two three four five six seven nine ten", []),
    ],
    ids=["all", "one misheard", "one lost", "one doubled", "lost elsewhere", "lost further on"],
)
def test_words_lost_or_doubled_at_a_border_are_named(heard: str, faults: list[str]) -> None:
    """The border lies behind the fourth word that was heard."""
    assert border_faults(SAID, heard.split(), [4], reach=2) == faults
