"""From facts to the words that are shown: cleaned, with times, speakers, and in turns. Pure."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jobmill_engine.facts import Facts, Found, Word, writes_without_spaces

SAME_TURN_MS = 1000.0
"""Whoever goes on within this, while somebody else speaks too, is still in the same turn."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A word as it is shown, from when to when (milliseconds), and who says it."""

    text: str
    start_ms: float
    end_ms: float
    speaker: str | None = None


def has_times(facts: Facts) -> bool:
    """Whether there is text that knows when it is said: captions need it."""
    return bool(facts.words) or any(_is_piece(found) for found in facts.objects)


def script_of(facts: Facts, speakers: Sequence[Found] = ()) -> list[Shown]:
    """Every word in the order of reading.

    Without words, timed pieces of text (a translation's sentences) are divided evenly. Words that
    name no speaker take that of the `speakers` (timed objects of type `speaker`) at their time.
    """
    known = tuple(found for found in (*facts.objects, *speakers) if found.type == "speaker")
    return _in_turns([_with_speaker(each, known) for each in _words(facts)])


def cut_script(
    script: Sequence[Shown], start_ms: float | None, end_ms: float | None
) -> list[Shown]:
    """The words between two times, by their middle."""
    low, high = start_ms or 0.0, float("inf") if end_ms is None else end_ms
    return [each for each in script if low <= (each.start_ms + each.end_ms) / 2 < high]


def plain_text(text: str) -> str:
    """One line that can be shown: no line breaks, no control characters."""
    if text.isascii() and text.isprintable():
        return text if " " not in text else " ".join(text.split())
    kept = (" " if each.isspace() else each for each in text)
    return " ".join("".join(each for each in kept if _shows(each)).split())


def _words(facts: Facts) -> list[Shown]:
    if facts.words:
        found: Iterator[Word | Shown] = iter(facts.words)
    else:
        pieces = (each for each in facts.objects if _is_piece(each))
        found = (word for piece in pieces for word in _divided(piece, facts.language))
    shown = [
        Shown(text, each.start_ms, max(each.start_ms, each.end_ms), each.speaker)
        for each in found
        if (text := plain_text(each.text))
    ]
    return sorted(shown, key=lambda each: each.start_ms)


def _divided(piece: Found, language: str | None) -> Iterator[Shown]:
    """The words of a piece; each has a share of its time by its length."""
    text = plain_text(piece.text or "")
    words = list(text) if writes_without_spaces(piece.language or language) else text.split()
    start, end = piece.start_ms or 0.0, piece.end_ms or 0.0
    letters, passed = sum(len(word) for word in words), 0
    for word in words:
        begin = start + (end - start) * passed / letters
        passed += len(word)
        speaker = piece.more.get("speaker")
        name = speaker if isinstance(speaker, str) else None
        yield Shown(word, begin, start + (end - start) * passed / letters, name)


def _with_speaker(word: Shown, speakers: Sequence[Found]) -> Shown:
    if word.speaker or not speakers:
        return word
    common = [(_common(word, each), each) for each in speakers]
    most, best = max(common, key=lambda pair: pair[0])
    return replace(word, speaker=best.label) if most > 0 else word


def _common(word: Shown, speaker: Found) -> float:
    if speaker.start_ms is None or speaker.end_ms is None:
        return 0.0
    start, end = max(word.start_ms, speaker.start_ms), min(word.end_ms, speaker.end_ms)
    return max(end - start, 1e-6) if end >= start else 0.0


def _in_turns(words: Sequence[Shown]) -> list[Shown]:
    """Where people talk at the same time, each one's words stay together."""
    turns: list[list[Shown]] = []
    for word in words:
        turn = next(
            (each for each in reversed(turns[-4:]) if each[-1].speaker == word.speaker), None
        )
        if turn is not None and (turn is turns[-1] or _talked_over(turn, word, turns)):
            turn.append(word)
        else:
            turns.append([word])
    return [word for turn in turns for word in turn]


def _talked_over(turn: Sequence[Shown], word: Shown, turns: Sequence[Sequence[Shown]]) -> bool:
    """Whether somebody else speaks at the same time, between what was said last and this word."""
    if word.start_ms - turn[-1].end_ms > SAME_TURN_MS:
        return False
    others = (each for other in turns[-4:] if other is not turn for each in other)
    return any(
        each.start_ms < mine.end_ms and mine.start_ms < each.end_ms
        for each in others
        for mine in (turn[-1], word)
    )


def _is_piece(found: Found) -> bool:
    return found.type == "text" and found.timed and bool(found.text and found.text.strip())


def _shows(character: str) -> bool:
    # Joiners and direction marks are of category Cf, and belong to the text.
    return unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
