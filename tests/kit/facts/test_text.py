"""Where spaces go."""

import pytest

from jobmill_engine.facts import join_words


@pytest.mark.parametrize(
    ("words", "language", "line"),
    [
        (["Hello", ",", "world", "!"], "en", "Hello, world!"),
        ([" Hello", " world."], None, "Hello world."),
        (["(", "aside", ")", "then"], "en", "(aside) then"),
        (["你", "好", "。"], "zh", "你好。"),
        (["你", "好"], None, "你好"),
        (["用", "Python", "3", "写"], "zh-Hans", "用Python 3写"),
        (["東京", "タワー"], "ja", "東京タワー"),
        (["한국", "사람"], "ko", "한국 사람"),
        (["שלום", "עולם"], "he", "שלום עולם"),
        ([], "en", ""),
        (["", " ", "a"], "en", "a"),
    ],
)
def test_words_are_joined_as_their_language_writes(
    words: list[str], language: str | None, line: str
) -> None:
    assert join_words(words, language) == line
