"""What several documents say of the whole becomes one: language, text, sentiment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jobmill_engine.facts.chunk import Chunk
from jobmill_engine.facts.model import Facts, LanguageGuess, Media, Sentiment, Span, Word
from jobmill_engine.facts.text import join_words, text_of, writes_without_spaces

TOUCHING_MS = 0.5


def language_of(documents: Sequence[Facts]) -> str | None:
    """The language of most of the text; where there is none, of most documents."""
    votes: dict[str, float] = {}
    for facts, weight in zip(documents, _weights(documents), strict=True):
        if facts.language is not None:
            votes[facts.language] = votes.get(facts.language, 0.0) + weight
    return max(votes, key=lambda language: votes[language]) if votes else None


def languages_of(documents: Sequence[Facts]) -> tuple[LanguageGuess, ...]:
    """Each guess with its mean confidence over the documents that guess at all, surest first."""
    guessing = [facts for facts in documents if facts.languages]
    weights = _weights(guessing)
    sums: dict[str, float] = {}
    unsure = {
        guess.language
        for facts in guessing
        for guess in facts.languages
        if guess.confidence is None
    }
    for facts, weight in zip(guessing, weights, strict=True):
        for guess in facts.languages:
            sums[guess.language] = sums.get(guess.language, 0.0) + weight * (
                guess.confidence or 0.0
            )
    ranked = sorted(sums, key=lambda language: -sums[language])
    total = sum(weights) or 1.0
    return tuple(
        LanguageGuess(each, None if each in unsure else min(1.0, sums[each] / total))
        for each in ranked
    )


def sentiment_of(documents: Sequence[Facts]) -> Sentiment | None:
    """The mean by amount of text."""
    felt = [facts for facts in documents if facts.sentiment is not None]
    if len(felt) == 1:
        return felt[0].sentiment
    weights = _weights(felt)
    total = sum(weights)
    if not total:
        return None
    pairs = [(facts.sentiment, weight) for facts, weight in zip(felt, weights, strict=True)]
    positive = sum(each.positive * weight for each, weight in pairs if each) / total
    negative = sum(each.negative * weight for each, weight in pairs if each) / total
    return Sentiment(min(1.0, positive), min(1.0, negative))


def text_joined(
    documents: Sequence[Facts], heard: Sequence[Sequence[Word]], language: str | None
) -> str | None:
    """The texts one after the other; words that do not count are not in it."""
    if all(facts.text is None for facts in documents):
        return None
    texts = [_text(facts, words) for facts, words in zip(documents, heard, strict=True)]
    texts = [text.strip() for text in texts if text.strip()]
    if any("\n" in text for text in texts):
        return "\n".join(texts)
    return ("" if writes_without_spaces(language) else " ").join(texts)


def media_of(documents: Sequence[Facts]) -> tuple[Media, ...]:
    """Every file once."""
    found = {media.asset: media for facts in documents for media in facts.media}
    return tuple(found.values())


def spans_of(chunks: Sequence[Chunk]) -> tuple[Span, ...]:
    """Cut to each chunk's own stretch; what goes on across a border is one span again."""
    joined: list[Span] = []
    for number, chunk in enumerate(chunks):
        fresh = [span for span in (_cut(each, chunk) for each in chunk.facts.spans) if span]
        for span in fresh:
            place = _goes_on(joined, span) if number else None
            if place is None:
                joined.append(span)
            else:
                joined[place] = replace(
                    joined[place], end_ms=max(joined[place].end_ms, span.end_ms)
                )
    return tuple(sorted(joined, key=lambda span: span.start_ms))


def summary_of(chunks: Sequence[Chunk]) -> Mapping[str, Any]:
    """What all say alike; texts joined; where chunks differ, `chunks` tells each one's."""
    said = [(chunk.facts.summary, chunk.start_ms) for chunk in chunks if chunk.facts.summary]
    if len(said) <= 1:
        return said[0][0] if said else {}
    common = dict(_agreed([summary for summary, _ in said]))
    if all(isinstance(summary.get("text"), str) for summary, _ in said):
        common["text"] = "\n".join(dict.fromkeys(summary["text"] for summary, _ in said))
    if any(set(summary) - set(common) for summary, _ in said):
        common["chunks"] = [{"start_ms": start, **summary} for summary, start in said]
    return common


def more_of(documents: Sequence[Facts]) -> Mapping[str, Any]:
    """What goes beyond the model and is the same in every document that says it."""
    return _agreed([facts.more for facts in documents if facts.more])


def _agreed(said: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    first: dict[str, Any] = {}
    differing = set()
    for name, value in (pair for each in said for pair in each.items()):
        if first.setdefault(name, value) != value:
            differing.add(name)
    return {name: value for name, value in first.items() if name not in differing}


def _weights(documents: Sequence[Facts]) -> list[float]:
    """By length of text; equal where no document has any."""
    lengths = [float(len(text_of(facts))) for facts in documents]
    return lengths if any(lengths) else [1.0] * len(lengths)


def _text(facts: Facts, words: Sequence[Word]) -> str:
    """The document's own wording, unless words of it do not count."""
    spoken = join_words((word.text for word in words), facts.language)
    if facts.text is None:
        return spoken
    whole = not facts.words or tuple(words) == facts.words
    return facts.text if whole or _letters(facts.text) == _letters(spoken) else spoken


def _letters(text: str) -> str:
    return "".join(text.split())


def _cut(span: Span, chunk: Chunk) -> Span | None:
    low, high = chunk.counting
    start, end = max(span.start_ms, low), min(span.end_ms, high)
    whole = (start, end) == (span.start_ms, span.end_ms)
    return replace(span, start_ms=start, end_ms=end) if end > start or whole else None


def _goes_on(joined: Sequence[Span], span: Span) -> int | None:
    for place in range(len(joined) - 1, -1, -1):
        each = joined[place]
        alike = each.label == span.label and each.more == span.more
        if alike and abs(each.end_ms - span.start_ms) <= TOUCHING_MS:
            return place
    return None
