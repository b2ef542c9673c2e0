"""Objects of chunks: in the time of the file, each once, numbered through. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

from jobmill_engine.facts.chunk import Chunk
from jobmill_engine.facts.model import Found

OF_TEXT = frozenset({"keyword", "namedEntity", "concept"})
"""What is said about a text: the same thing in two chunks is said once."""


def objects_of(chunks: Sequence[Chunk]) -> tuple[Found, ...]:
    """Every object of the chunks that counts.

    What is timed counts where its middle lies in the own stretch. What has neither time nor place
    was there as long as its chunk. Paragraphs and sentences without a page go on from chunk to
    chunk.
    """
    timed = len(chunks) > 1
    found: list[Found] = []
    paragraphs = sentences = 0
    for chunk in chunks:
        fresh = [
            replace(
                each,
                paragraph=_plus(each.paragraph, paragraphs),
                sentence=each.sentence if each.paragraph else _plus(each.sentence, sentences),
            )
            if each.page is None
            else each
            for each in _counting(chunk, timed=timed)
        ]
        found += fresh
        loose = [each for each in fresh if each.page is None]
        paragraphs = max([paragraphs, *(each.paragraph or 0 for each in loose)])
        sentences = max(
            [sentences, *(each.sentence or 0 for each in loose if each.paragraph is None)]
        )
    return tuple(_once(found))


def _counting(chunk: Chunk, *, timed: bool) -> Iterator[Found]:
    for each in chunk.facts.objects:
        if each.start_ms is None or each.end_ms is None:
            yield _placed_in_time(each, chunk) if timed else each
        elif chunk.counting[0] <= (each.start_ms + each.end_ms) / 2 < chunk.counting[1]:
            yield each


def _placed_in_time(found: Found, chunk: Chunk) -> Found:
    low, high = chunk.own or (chunk.start_ms, chunk.end_ms)
    if found.placed or found.type in OF_TEXT or high is None or not isfinite(high):
        return found
    return replace(found, start_ms=low, end_ms=high)


def _once(found: Sequence[Found]) -> Iterator[Found]:
    """What is said about the text as a whole, with the best confidence; all else as it is."""
    best: dict[tuple[str, str | None, str | None], Found] = {}
    for each in found:
        if each.type not in OF_TEXT or each.timed or each.placed:
            continue
        key = (each.type, each.label, each.text)
        if key not in best or (each.confidence or 0.0) > (best[key].confidence or 0.0):
            best[key] = each
    told = set()
    for each in found:
        key = (each.type, each.label, each.text)
        if each.type not in OF_TEXT or each.timed or each.placed:
            yield each
        elif key not in told:
            told.add(key)
            yield best[key]


def _plus(number: int | None, by: int) -> int | None:
    return None if number is None else number + by
