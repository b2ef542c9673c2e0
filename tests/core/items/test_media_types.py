"""A name means the same type on every machine, and a transport stream is no translation."""

import pytest

from jobmill.core.items.media_types import guessed_type


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.ts", "video/mp2t"),
        ("A.MKV", "video/x-matroska"),
        ("talk.m4a", "audio/mp4"),
        ("a.mp4", "video/mp4"),
        ("a.json", "application/json"),
        ("readme", None),
    ],
)
def test_a_name_lets_guess_the_type(name: str, media_type: str | None) -> None:
    assert guessed_type(name) == media_type
