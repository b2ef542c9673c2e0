"""Texts as the numbers that BERT's uncased models know (WordPiece). Pure.

The rules are those of the model's own tokenizer: Devlin et al. 2018, and its published code.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_WORD = 100
_WIDE = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF))
"""Letters of Chinese, each a word."""


class WordPiece:
    """A vocabulary, and how texts are cut into what it has."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._known = vocabulary
        self._start, self._end = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._unknown = vocabulary["[UNK]"]

    @classmethod
    def read(cls, file: Path) -> "WordPiece":
        """The vocabulary in a `tokenizer.json`."""
        said = json.loads(file.read_text(encoding="utf-8"))
        return cls(said["model"]["vocab"])

    def numbers(self, text: str) -> list[int]:
        """The pieces of a text, without the marks around it."""
        return [piece for word in _words(text) for piece in self._pieces(word)]

    def framed(self, pieces: list[int]) -> list[int]:
        """Pieces between the marks of a start and an end."""
        return [self._start, *pieces, self._end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        found, at = [], 0
        while at < len(word):
            end, before = len(word), "##" if at else ""
            while end > at and before + word[at:end] not in self._known:
                end -= 1
            if end == at:
                return [self._unknown]
            found.append(self._known[before + word[at:end]])
            at = end
        return found


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(character)
        if kind == "Mn":
            continue  # accents
        if character.isspace() or kind in ("Cc", "Cf", "Zs"):
            alone, ends = "", character.isspace() or kind == "Zs"
        else:
            alone = character if _stands_alone(character, kind) else ""
            ends = bool(alone)
        if ends and word:
            yield word
            word = ""
        if alone:
            yield alone
        elif not ends and kind not in ("Cc", "Cf"):
            word += character
    if word:
        yield word


def _stands_alone(character: str, kind: str) -> bool:
    code = ord(character)
    sign = code < 128 and not character.isalnum()
    return sign or kind.startswith("P") or any(low <= code <= high for low, high in _WIDE)
