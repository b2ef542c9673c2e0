"""How words become text: where spaces go, in languages that write them and in those that do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from jobmill_engine.facts.model import Facts

_WITHOUT_SPACES = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"})
_OPENING = frozenset({"Ps", "Pi"})
_CLOSING = frozenset({"Pe", "Pf"})
_STANDS_CLOSE = frozenset(".,;:!?…%。、，．！？：；؟،؛।॥")
_BROAD = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x30FF), (0x3400, 0x9FFF))


def writes_without_spaces(language: str | None) -> bool:
    """Whether this language (BCP 47) sets no spaces between words."""
    return (language or "").lower().replace("_", "-").split("-")[0] in _WITHOUT_SPACES


def join_words(words: Iterable[str], language: str | None = None) -> str:
    """One line of text from words; punctuation that is a word of its own stands close."""
    line = ""
    for word in (each.strip() for each in words):
        if line and word:
            line += " " if needs_space(line[-1], word, language) else ""
        line += word
    return line


def needs_space(last: str, word: str, language: str | None = None) -> bool:
    """Whether a space goes between a character and the word that follows it."""
    if last.isascii() and last.isalnum() and word.isascii() and word.isalnum():
        return True
    if unicodedata.category(last) in _OPENING or _stands_close(word):
        return False
    if writes_without_spaces(language):
        return _latin(last) and _latin(word[0])
    return not (_broad(last) and _broad(word[0]))


def text_of(facts: Facts) -> str:
    """The text that the facts carry: their own, or else that of their words."""
    if facts.text is not None:
        return facts.text
    return join_words((word.text for word in facts.words), facts.language)


def _stands_close(word: str) -> bool:
    return all(each in _STANDS_CLOSE or unicodedata.category(each) in _CLOSING for each in word)


def _latin(character: str) -> bool:
    return character.isalnum() and ord(character) < 0x0250


def _broad(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _BROAD)
