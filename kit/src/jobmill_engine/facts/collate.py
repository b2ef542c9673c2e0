"""The documents of a file's chunks become one document about the file. Pure.

Every chunk's times are moved to where the chunk begins. Where chunks overlap, each answers for its
own stretch: what lies there (by its middle) counts, and a word at a border counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from jobmill_engine.facts.borders import words_of
from jobmill_engine.facts.chunk import Chunk
from jobmill_engine.facts.joining import (
    language_of,
    languages_of,
    media_of,
    more_of,
    sentiment_of,
    spans_of,
    summary_of,
    text_joined,
)
from jobmill_engine.facts.model import Facts, Found
from jobmill_engine.facts.sights import objects_of


def collate(chunks: Iterable[Chunk]) -> Facts:
    """One document of those of chunks, given in any order. No chunks make an empty document.

    The language is that of most words, the sentiment the mean by amount of text; of what chunks
    say about themselves as a whole, that is kept in which they agree.
    """
    inside = _parted([_shifted(each) for each in sorted(chunks, key=lambda one: one.start_ms)])
    if not inside:
        return Facts()
    documents = [each.facts for each in inside]
    heard = words_of(inside)
    language = language_of(documents)
    words = sorted((word for words in heard for word in words), key=lambda word: word.start_ms)
    return Facts(
        language=language,
        words=tuple(words),
        text=text_joined(documents, heard, language),
        objects=objects_of(inside),
        sentiment=sentiment_of(documents),
        languages=languages_of(documents),
        media=media_of(documents),
        spans=spans_of(inside),
        summary=summary_of(inside),
        more=more_of(documents),
    )


def _parted(chunks: list[Chunk]) -> list[Chunk]:
    """Chunks that overlap without saying what is whose share the overlap: each has its half."""
    for number in range(len(chunks) - 1):
        one, next_one = chunks[number], chunks[number + 1]
        if one.own or next_one.own or one.end_ms is None or one.end_ms <= next_one.start_ms:
            continue
        return [_with_half(chunks, each) for each in range(len(chunks))]
    return chunks


def _with_half(chunks: list[Chunk], number: int) -> Chunk:
    chunk = chunks[number]
    if chunk.own:
        return chunk
    low, high = chunk.start_ms, inf if chunk.end_ms is None else chunk.end_ms
    if number and (end := chunks[number - 1].end_ms) is not None:
        low = max(low, (low + end) / 2)
    if number + 1 < len(chunks):
        high = min(high, max((chunks[number + 1].start_ms + high) / 2, low))
    return replace(chunk, own=(low, high))


def _shifted(chunk: Chunk) -> Chunk:
    by, facts = chunk.start_ms, chunk.facts
    if not by:
        return chunk
    moved = replace(
        facts,
        words=tuple(
            replace(each, start_ms=each.start_ms + by, end_ms=each.end_ms + by)
            for each in facts.words
        ),
        objects=tuple(_moved(each, by) for each in facts.objects),
        spans=tuple(
            replace(each, start_ms=each.start_ms + by, end_ms=each.end_ms + by)
            for each in facts.spans
        ),
    )
    return replace(chunk, facts=moved)


def _moved(found: Found, by: float) -> Found:
    if found.start_ms is None or found.end_ms is None:
        return found
    return replace(found, start_ms=found.start_ms + by, end_ms=found.end_ms + by)
