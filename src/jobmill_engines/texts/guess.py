"""Which language a text is in, by py3langid. The only module that imports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jobmill_engine import ModelMissing, add_libraries

EXTRA = "text"
MODEL = "text"
"""What `jobmill models install` calls it."""
CONFIDENT = 4
"""Letters that a text needs at least for its language to be guessed."""
NONE = "zxx"
"""What the library calls that which is no language: numbers, codes, addresses."""
ENOUGH = 20_000
"""Characters that are looked at: more change nothing."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A language and how likely it is, 0 to 1."""

    language: str
    confidence: float


class Guesser:
    """Guesses languages, among some of them or all. Raises `ModelMissing` without its library."""

    def __init__(self, among: Sequence[str] = (), *, why: str = "is not installed") -> None:
        self._classify = _identifier(why, tuple(sorted(among)))

    def ranked(self, text: str) -> list[Guess]:
        """The languages, likeliest first; none for a text without enough letters."""
        if sum(character.isalpha() for character in text[:ENOUGH]) < CONFIDENT:
            return []
        found = self._classify.rank(text[:ENOUGH])
        if found[0][0] == NONE:
            return []
        return [
            Guess(str(code), round(min(1.0, float(share)), 4))
            for code, share in found
            if code != NONE
        ]

    def best(self, text: str) -> Guess | None:
        """The likeliest one."""
        return next(iter(self.ranked(text)), None)


@cache
def known_languages() -> frozenset[str]:
    """Every language that can be told. Raises `ModelMissing`."""
    return frozenset(map(str, _identifier("is not installed", ()).labels)) - {NONE}


@cache
def _identifier(why: str, among: tuple[str, ...]) -> Any:
    add_libraries(EXTRA)
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise ModelMissing(MODEL, why) from error
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if among:
        identifier.set_languages(list(among))
    return identifier
