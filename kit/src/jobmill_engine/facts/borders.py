"""Words at the borders of chunks: none lost, none doubled. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from jobmill_engine.facts.chunk import Chunk
from jobmill_engine.facts.model import Word

NEAR_MS = 1000.0
"""How far from a border two chunks may place the same word differently."""
SAME_MIDDLE_MS = 150.0
"""Two readings of one word lie this close, or cover one another by half."""
CUT_MS = 80.0
"""A word that was cut in two ends, and begins again, this close to the cut."""


def words_of(chunks: Sequence[Chunk]) -> list[list[Word]]:
    """For each chunk (in the order of time) its words that count, in the order of time."""
    kept = [_own_words(chunk) for chunk in chunks]
    for number in range(len(chunks) - 1):
        before, after = chunks[number], chunks[number + 1]
        border = after.own[0] if after.own else after.start_ms
        if before.counting[1] < inf or after.counting[0] > -inf:
            _settle_border(kept, number, before, after, border)
        else:
            _mend_cut(kept, number, border)
    return kept


def _own_words(chunk: Chunk) -> list[Word]:
    low, high = chunk.counting
    words = sorted(chunk.facts.words, key=lambda word: (word.start_ms, word.end_ms))
    return [word for word in words if low <= _middle(word) < high]


def _settle_border(
    kept: list[list[Word]], number: int, before: Chunk, after: Chunk, border: float
) -> None:
    """Pair what both chunks heard around the border; each pair counts once."""
    theirs = [word for word in after.facts.words if abs(_middle(word) - border) <= NEAR_MS]
    for word in (word for word in before.facts.words if abs(_middle(word) - border) <= NEAR_MS):
        twin = min(
            (each for each in theirs if _same(word, each)),
            key=lambda each: abs(_middle(each) - _middle(word)),
            default=None,
        )
        if twin is None:
            continue
        theirs.remove(twin)
        here, there = word in kept[number], twin in kept[number + 1]
        if here and there:
            kept[number + 1].remove(twin)
        elif not here and not there:
            kept[number].append(word)


def _mend_cut(kept: list[list[Word]], number: int, border: float) -> None:
    """A word that the cut went through is heard on both sides: the two readings are one word."""
    if not kept[number] or not kept[number + 1]:
        return
    last, first = kept[number][-1], kept[number + 1][0]
    at_cut = abs(last.end_ms - border) <= CUT_MS and abs(first.start_ms - border) <= CUT_MS
    if _plain(last.text) != _plain(first.text) or not (at_cut or _same(last, first)):
        return
    surer = last if (last.confidence or 0.0) >= (first.confidence or 0.0) else first
    end = max(last.end_ms, first.end_ms)
    kept[number][-1] = replace(surer, start_ms=min(last.start_ms, first.start_ms), end_ms=end)
    kept[number + 1].pop(0)


def _same(one: Word, other: Word) -> bool:
    if _plain(one.text) != _plain(other.text):
        return False
    if abs(_middle(one) - _middle(other)) <= SAME_MIDDLE_MS:
        return True
    common = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    shorter = min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
    return common > 0 and common >= shorter / 2


def _middle(word: Word) -> float:
    return (word.start_ms + word.end_ms) / 2


def _plain(text: str) -> str:
    """A word without case and punctuation; one that is nothing else stays as it is."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    bare = "".join(each for each in folded if unicodedata.category(each)[0] not in "PSZC")
    return bare or folded
