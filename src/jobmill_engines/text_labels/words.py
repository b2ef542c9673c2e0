"""Texts told apart by the words and word parts of examples (TF-IDF, nearest centroid). Pure."""

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

PART = 4
"""Letters of a part: so forms of a word are near to each other."""


def likenesses(text: str, labels: Sequence[Sequence[str]]) -> list[float]:
    """How alike a text and each label's own texts are, 0 to 1."""
    bags = [_bag(" ".join(own)) for own in labels]
    spread = Counter(word for bag in bags for word in bag)
    rare = {word: log((1 + len(bags)) / (1 + count)) + 1 for word, count in spread.items()}
    given = _weighed(_bag(text), rare)
    return [_cosine(given, _weighed(bag, rare)) for bag in bags]


def _bag(text: str) -> Counter[str]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    bag = Counter(words)
    for word in words:
        framed = f"^{word}$"
        bag.update(framed[at : at + PART] for at in range(len(framed) - PART + 1))
    return bag


def _weighed(bag: Counter[str], rare: dict[str, float]) -> dict[str, float]:
    return {word: (1 + log(count)) * rare[word] for word, count in bag.items() if word in rare}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    shared = sum(weight * other[word] for word, weight in one.items() if word in other)
    length = _length(one) * _length(other)
    return shared / length if length else 0.0


def _length(bag: dict[str, float]) -> float:
    return sqrt(sum(weight * weight for weight in bag.values()))
