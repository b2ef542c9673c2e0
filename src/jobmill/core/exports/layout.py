"""From words to lines, and from lines to the screens of captions. Pure.

A line is never longer than it may be: a word that alone is longer is divided.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from jobmill.core.exports.formats import FormatOptions
from jobmill.core.exports.script import Shown
from jobmill_engine.facts import needs_space

SENTENCE_ENDS = frozenset(".?!。．？！؟۔।॥…")
AFTER_AN_END = frozenset("\"'”’»)]}」』")
SHORTEST_MS = 40.0
"""A screen that would be shorter is shown at least so long: one frame at 25 a second."""


class Break(StrEnum):
    """Why a line begins."""

    START = "start"
    FULL = "full"
    SENTENCE = "sentence"
    PAUSE = "pause"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `opened` says why it begins."""

    text: str
    start_ms: float
    end_ms: float
    opened: Break
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The lines that are shown together."""

    lines: tuple[str, ...]
    start_ms: float
    end_ms: float


@dataclass(slots=True)
class _Row:
    """A line that is being filled; `width` counts what a reader sees."""

    opened: Break
    language: str | None
    words: list[Shown] = field(default_factory=list)
    text: str = ""
    width: int = 0

    def takes(self, word: Shown, most: int) -> bool:
        """Add the word if there is room."""
        gap = 1 if self.text and needs_space(self.text[-1], word.text, self.language) else 0
        width = self.width + gap + _width(word.text)
        if self.words and most and width > most:
            return False
        self.words.append(word)
        self.text += " " * gap + word.text
        self.width = width
        return True

    def line(self) -> Line:
        end = max(word.end_ms for word in self.words)
        first = self.words[0]
        return Line(self.text, first.start_ms, end, self.opened, first.speaker)


def lines_of(
    script: Sequence[Shown], options: FormatOptions, language: str | None = None
) -> list[Line]:
    """The lines of a script."""
    rows: list[_Row] = []
    last, most = None, options.max_characters_per_line
    for word in script:
        reason = _reason(last, word, options)
        for piece in _pieces(word, reason, options):
            if reason or not rows[-1].takes(piece, most):
                rows.append(_Row(reason or Break.FULL, language))
                rows[-1].takes(piece, most)
            reason = None
        last = word
    return [row.line() for row in rows]


def screens_of(lines: Sequence[Line], options: FormatOptions) -> list[Screen]:
    """The screens of captions; one does not end before it begins, nor into the next by accident."""
    groups: list[list[Line]] = []
    for line in lines:
        if not groups or len(groups[-1]) >= options.lines_per_screen or _far(groups, line, options):
            groups.append([])
        groups[-1].append(line)
    screens = [
        Screen(
            tuple(line.text for line in group),
            min(line.start_ms for line in group),
            max(line.end_ms for line in group),
        )
        for group in groups
    ]
    return list(_in_order(screens, [{line.speaker for line in group} for group in groups]))


def _in_order(screens: Sequence[Screen], speakers: Sequence[set[str | None]]) -> Iterator[Screen]:
    """Screens of the same voices do not overlap; of several who talk at once, they may."""
    for number, screen in enumerate(screens):
        shown = replace(screen, end_ms=max(screen.end_ms, screen.start_ms + SHORTEST_MS))
        if number + 1 < len(screens) and speakers[number] == speakers[number + 1]:
            following = screens[number + 1].start_ms
            if screen.start_ms < following < shown.end_ms:
                shown = replace(shown, end_ms=following)
        yield shown


def _reason(last: Shown | None, word: Shown, options: FormatOptions) -> Break | None:
    if last is None:
        return Break.START
    if options.with_speaker_data and word.speaker != last.speaker:
        return Break.SPEAKER
    pause = word.start_ms - last.end_ms
    limits = (options.time_gap_to_separate_paragraph_ms, options.time_gap_to_separate_screen_ms)
    if any(limit and pause > limit for limit in limits):
        return Break.PAUSE
    if options.newline_on_punctuation and _ends_sentence(last.text):
        return Break.SENTENCE
    return None


def _ends_sentence(text: str) -> bool:
    bare = text.rstrip("".join(AFTER_AN_END))
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def _far(groups: Sequence[Sequence[Line]], line: Line, options: FormatOptions) -> bool:
    limit = options.time_gap_to_separate_screen_ms
    return bool(limit) and line.start_ms - groups[-1][-1].end_ms > limit


def _pieces(word: Shown, reason: Break | None, options: FormatOptions) -> Iterator[Shown]:
    """The word, after the name of who says it where that is told, in pieces that fit a line."""
    named = options.with_speaker_data and reason in (Break.START, Break.SPEAKER)
    if named and word.speaker:
        name = replace(word, text=f"{word.speaker}:", end_ms=word.start_ms)
        yield from _divided(name, options.max_characters_per_line)
    yield from _divided(word, options.max_characters_per_line)


def _divided(word: Shown, width: int) -> Iterator[Shown]:
    if not width or _width(word.text) <= width:
        yield word
        return
    letters = _letters(word.text)
    length, share = word.end_ms - word.start_ms, 1 / len(letters)
    for first in range(0, len(letters), width):
        text = "".join(letters[first : first + width])
        start = word.start_ms + length * share * first
        end = word.start_ms + length * share * min(first + width, len(letters))
        yield replace(word, text=text, start_ms=start, end_ms=end)


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(_letters(text))


def _letters(text: str) -> list[str]:
    """The characters that a reader sees: marks stay with what they are set on."""
    letters: list[str] = []
    for each in text:
        joined = letters and (
            unicodedata.category(each) in ("Mn", "Me", "Mc", "Cf") or letters[-1][-1] == "\u200d"
        )
        if joined:
            letters[-1] += each
        else:
            letters.append(each)
    return letters
