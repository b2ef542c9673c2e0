"""Keywords by how a text uses its words. Of a language it knows the common words only. Pure.

A candidate is a word, or up to three in a row without a common word or punctuation between them.
It counts more the oftener it and its words come, the more sentences it comes in, the earlier, and
the more often it is written with a capital inside a sentence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

LONGEST = 3
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|['’.&-](?=[^\W_]))*|[^\w\s]")
_SHORT_TEXT = 150
"""Words; in a shorter text a word that comes once may be a keyword, too."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """`relevance` is 1 for the text's first keyword and less for the others."""

    text: str
    relevance: float
    count: int


@dataclass(slots=True)
class _Seen:
    """How one candidate was seen."""

    written: Counter[str] = field(default_factory=Counter)
    sentences: set[int] = field(default_factory=set)
    first: int = 0
    capitals: int = 0

    @property
    def count(self) -> int:
        return sum(self.written.values())


Key = tuple[str, ...]


def words_of(sentence: str) -> list[str]:
    """Its words in small letters."""
    return [token.lower() for token in _TOKEN.findall(sentence) if token[0].isalnum()]


def keywords_of(sentences: Sequence[str], common: frozenset[str], most: int) -> list[Keyword]:
    """The keywords of a text, the most telling first."""
    runs = [run for number, each in enumerate(sentences) for run in _runs(number, each, common)]
    total = sum(len(words_of(each)) for each in sentences)
    single: Counter[str] = Counter(key for _, run in runs for key, _, _ in run)
    seen = _candidates(runs)
    scores = {
        key: _score(key, found, single, len(sentences))
        for key, found in seen.items()
        if _may_be(key, found, total)
    }
    ranked = sorted(scores, key=lambda key: (-scores[key], seen[key].first, key))
    kept = _without_parts(ranked, seen)[:most]
    highest = scores[kept[0]] if kept else 1.0
    return [Keyword(_written(seen[k]), scores[k] / highest, seen[k].count) for k in kept]


Word = tuple[str, str, bool]
"""As it is counted, as it is written, and whether it is written as a name inside a sentence."""


def _runs(number: int, sentence: str, common: frozenset[str]) -> Iterator[tuple[int, list[Word]]]:
    """(number of the sentence, words in a row that may be part of a keyword)."""
    run: list[Word] = []
    inside = False
    for token in _TOKEN.findall(sentence):
        plain = token.lower().replace("’", "'")
        if token[0].isalnum() and plain not in common and _telling(plain):
            run.append((_folded(plain), token, inside and token[0].isupper()))
        elif run:
            yield number, run
            run = []
        inside = inside or token[0].isalnum()
    if run:
        yield number, run


def _telling(word: str) -> bool:
    return len(word) > 2 and not word.replace(".", "").isdigit()


def _folded(word: str) -> str:
    """One form for singular and plural, roughly; a wrong form only keeps two apart, or together."""
    bare = word.removesuffix("'s")
    if len(bare) > 4 and bare.endswith("s") and not bare.endswith(("ss", "us", "is")):
        return bare[:-1]
    return bare


def _candidates(runs: Iterable[tuple[int, list[Word]]]) -> dict[Key, _Seen]:
    seen: dict[Key, _Seen] = defaultdict(_Seen)
    place = 0
    for number, run in runs:
        for start in range(len(run)):
            for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                part = run[start:end]
                found = seen[tuple(key for key, _, _ in part)]
                found.first = found.first if found.written else place
                found.written[" ".join(written for _, written, _ in part)] += 1
                found.sentences.add(number)
                upper = all(written[0].isupper() for _, written, _ in part)
                found.capitals += upper and part[-1][2]
            place += 1
    return dict(seen)


def _may_be(key: Key, found: _Seen, total: int) -> bool:
    """What comes once is chance, unless it is a name; in a short text a single word may be more."""
    return found.count > 1 or found.capitals > 0 or (len(key) == 1 and total <= _SHORT_TEXT)


def _score(key: Key, found: _Seen, single: Counter[str], sentences: int) -> float:
    words = sum(log(1 + single[word]) for word in key) / len(key)
    names = 1 + 0.5 * found.capitals / found.count
    spread = 1 + len(found.sentences) / max(1, sentences)
    early = 1 + 0.3 / (1 + found.first / 20)
    return words * log(1 + found.count) * (1 + 0.35 * (len(key) - 1)) * names * spread * early


def _without_parts(ranked: Sequence[Key], seen: dict[Key, _Seen]) -> list[Key]:
    """Leaves out what hardly comes without a longer keyword, and what a better one covers."""
    kept: list[Key] = []
    for key in ranked:
        if any(_covers(other, key, seen) for other in kept):
            continue
        kept.append(key)
    longer = [key for key in kept if len(key) > 1]
    return [key for key in kept if not any(_is_part(key, o, seen) for o in longer)]


def _covers(better: Key, key: Key, seen: dict[Key, _Seen]) -> bool:
    """A better one holds it, or is in it and comes far oftener."""
    if _inside(key, better):
        return seen[key].count <= 1.5 * seen[better].count
    return _inside(better, key) and seen[better].count >= 2 * seen[key].count


def _is_part(key: Key, longer: Key, seen: dict[Key, _Seen]) -> bool:
    return key != longer and _inside(key, longer) and seen[key].count <= seen[longer].count


def _inside(part: Key, whole: Key) -> bool:
    places = range(len(whole) - len(part) + 1)
    return any(whole[place : place + len(part)] == part for place in places)


def _written(found: _Seen) -> str:
    """As it is written most often; small letters where both are common."""
    small: Counter[str] = Counter()
    for text, count in found.written.items():
        small[text.lower()] += count
    best = small.most_common(1)[0][0]
    if not found.capitals:
        return best
    return max((t for t in found.written if t.lower() == best), key=found.written.__getitem__)
