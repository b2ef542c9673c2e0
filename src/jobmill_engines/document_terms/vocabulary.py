"""The terms of a taxonomy, made ready to be looked for in texts. Pure."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobmill_engine import InputRejected
from jobmill_engines.documents.taxonomy import TERMS_SCHEMA, check

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry; `broader` are keys of terms that hold wherever it does."""

    key: str
    label: str
    broader: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a term."""

    term: Term
    words: tuple[str, ...]
    preferred: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as it is written, in its plain form, and where it stands."""

    written: str
    plain: str
    start: int
    end: int


class Vocabulary:
    """All terms. Raises InputRejected for a taxonomy that does not fit its schema."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        check(given, TERMS_SCHEMA, "taxonomy")
        self.name = str(given.get("name", ""))
        self._english = given.get("language", _ENGLISH) == _ENGLISH
        self.terms: dict[str, Term] = {}
        self._forms: dict[str, list[Form]] = defaultdict(list)
        for entry in given["terms"]:
            self._add(entry)
        self._check_broader()
        self._owners: Counter[tuple[str, ...]] = Counter()
        for forms in self._forms.values():
            for words, key in {(form.words, form.term.key) for form in forms}:
                self._owners[words] += bool(key)
            forms.sort(key=lambda form: (-len(form.words), not form.preferred))

    def shared(self, form: Form) -> bool:
        """Whether another term may be written in the same way."""
        return self._owners[form.words] > 1

    def tokens(self, text: str) -> list[Token]:
        """The words of a text."""
        return [
            Token(found[0], self._plain(found[0]), found.start(), found.end())
            for found in _WORD.finditer(text)
        ]

    def find(self, tokens: Sequence[Token]) -> Iterator[tuple[Form, int, int]]:
        """(form, its first token, the one after its last): the longest first, none inside of it."""
        at = 0
        while at < len(tokens):
            ended = at
            for form in self._forms.get(tokens[at].plain, ()):
                end = at + len(form.words)
                if ended > at and end < ended:
                    break
                if self._fits(form, tokens[at:end]):
                    yield form, at, end
                    ended = end
            at = max(at + 1, ended)

    def _fits(self, form: Form, tokens: Sequence[Token]) -> bool:
        if len(tokens) < len(form.words):
            return False
        if form.exact:
            written = tuple(token.written for token in tokens)
            return written == tuple(_WORD.findall(form.term.label)) or (
                not form.preferred and tuple(token.plain for token in tokens) == form.words
            )
        return tuple(token.plain for token in tokens) == form.words

    def _add(self, entry: Mapping[str, Any]) -> None:
        label = entry["label"]
        term = Term(entry.get("key") or label, label, tuple(entry.get("broader", ())))
        if term.key in self.terms:
            told = f"The taxonomy is not valid: the key {term.key!r} is used twice"
            raise InputRejected("taxonomy_invalid", f"{told}; give each term its own.")
        self.terms[term.key] = term
        names = [label, *entry.get("synonyms", ())]
        for number, name in enumerate(names):
            words = tuple(self._plain(word) for word in _WORD.findall(name))
            if words:
                form = Form(term, words, number == 0, bool(entry.get("exact")))
                self._forms[words[0]].append(form)

    def _check_broader(self) -> None:
        for term in self.terms.values():
            for key in term.broader:
                if key not in self.terms:
                    told = f"The taxonomy is not valid: {term.key!r} names {key!r} as broader"
                    raise InputRejected("taxonomy_invalid", f"{told}, which is no term.")

    def _plain(self, word: str) -> str:
        split = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
        plain = "".join(letter for letter in split if not unicodedata.combining(letter))
        return _singular(plain) if self._english else plain


def _singular(word: str) -> str:
    """One form for singular and plural of an English word; a wrong one does no harm: it is used on
    both sides."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
