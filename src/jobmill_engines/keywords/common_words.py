"""The words of a language that say nothing by themselves, and the language that they show."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jobmill_engines.texts.words import read_words

_FOLDER = Path(__file__).with_name("stopwords")
_ENOUGH = 0.15
"""The share of a text that its language's common words have at least."""


@cache
def common_words() -> dict[str, frozenset[str]]:
    """For each language that is known, by its code."""
    return {file.stem: read_words(file) for file in sorted(_FOLDER.glob("*.txt"))}


def language_by_words(words: Sequence[str]) -> str | None:
    """The language whose common words are most of these; None if they are of no known one."""
    shares = {
        language: sum(word in common for word in words) / max(1, len(words))
        for language, common in common_words().items()
    }
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= _ENOUGH else None
