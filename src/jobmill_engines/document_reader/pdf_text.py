"""The words of one page of a PDF, by PDFium's characters."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any

from jobmill_engines.documents.model import Box, Style, Word, around

Place = Callable[[float, float, float, float], Box]
"""From left, bottom, right, top in the file's space to a box on the page as it is shown."""

_JOIN = 0.28
"""Of a character's height: a wider gap inside a run begins another word."""
_SOFT_HYPHENS = {0x02: "-", 0xAD: "-", 0xFFFE: "-"}
_SLANTED = 8.0
_NAME_LENGTH = 128
_ITALIC_FLAG = 1 << 6
_BOLD_FLAG = 1 << 18
_BOLD_WEIGHT = 600


_FEWEST, _SAMPLE, _MOST = 40, 600, 0.67
"""Letters that show how a page's text is turned: how many there must be, how many are looked at,
and the share of them that must agree."""


def quarters_of(raw: Any, page: Any) -> int | None:
    """The right angles, counted clockwise in the file's space, by which the text of a page is
    turned; None where there is too little of it, or it is turned in several ways."""
    count = raw.FPDFText_CountChars(page)
    seen = [0, 0, 0, 0]
    for index in range(0, count, max(1, count // _SAMPLE)):
        if chr(raw.FPDFText_GetUnicode(page, index)).isalnum():
            angle = degrees(raw.FPDFText_GetCharAngle(page, index)) % 360
            quarter = round(angle / 90)
            if abs(angle - quarter * 90) < _SLANTED:
                seen[quarter % 4] += 1
    most = max(seen)
    if most * max(1, count // _SAMPLE) < _FEWEST or most < _MOST * sum(seen):
        return None
    return seen.index(most)


@dataclass(slots=True)
class _Run:
    """Characters that follow one another."""

    letters: list[str]
    boxes: list[Box]
    first: int

    def word(self, bold: bool) -> Word:
        return Word("".join(self.letters), around(self.boxes), None, bold)


class PageText:
    """Reads one text page. `style` can be asked for words that `words` gave."""

    def __init__(self, raw: Any, page: Any, place: Place) -> None:
        self._raw, self._page, self._place = raw, page, place
        self._styles: dict[int, Style] = {}
        self._known: dict[tuple[str, bool, bool], tuple[str, bool, bool]] = {}

    def words(self) -> tuple[list[Word], list[Word]]:
        """(words that stand upright, words that are turned: each a whole run)."""
        upright: list[Word] = []
        turned: list[Word] = []
        for run in self._runs():
            style = self._style(run)
            word = run.word(style.bold)
            self._styles[id(word)] = style
            angle = degrees(self._raw.FPDFText_GetCharAngle(self._page, run.first)) % 90
            lies = min(angle, 90 - angle) < _SLANTED and word.box.width >= word.box.height * 0.2
            (upright if lies or len(run.letters) == 1 else turned).append(word)
        return upright, turned

    def style(self, words: Sequence[Word]) -> Style:
        """How the first of them is set."""
        return self._styles.get(id(words[0]), Style())

    def _runs(self) -> Iterator[_Run]:
        run: _Run | None = None
        for index, letter, box in self._characters():
            if box is None:
                if run:
                    yield run
                run = None
                continue
            if run and not _follows(run.boxes[-1], box):
                yield run
                run = None
            if run is None:
                run = _Run([], [], index)
            run.letters.append(letter)
            run.boxes.append(box)
        if run:
            yield run

    def _characters(self) -> Iterator[tuple[int, str, Box | None]]:
        """(index, character, its box, or None where a word ends)."""
        raw, page, place = self._raw, self._page, self._place
        rect = raw.FS_RECTF()
        at = ctypes.byref(rect)
        unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
        high = 0
        for index in range(raw.FPDFText_CountChars(page)):
            code = unicode_of(page, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
            letter = _SOFT_HYPHENS.get(code) or chr(code)
            if (code < 32 and code != 2) or letter.isspace():
                yield index, " ", None
            elif box_of(page, index, at):
                yield index, letter, place(rect.left, rect.bottom, rect.right, rect.top)

    def _style(self, run: _Run) -> Style:
        name = ctypes.create_string_buffer(_NAME_LENGTH)
        flags = ctypes.c_int()
        self._raw.FPDFText_GetFontInfo(
            self._page, run.first, name, _NAME_LENGTH, ctypes.byref(flags)
        )
        font = name.value.decode("utf-8", "replace").rpartition("+")[2]
        weight = self._raw.FPDFText_GetFontWeight(self._page, run.first)
        small = font.lower()
        bold = weight >= _BOLD_WEIGHT or bool(flags.value & _BOLD_FLAG) or "bold" in small
        italic = bool(flags.value & _ITALIC_FLAG) or "italic" in small or "oblique" in small
        return Style(font, run.boxes[0].height, bold, italic)


def _follows(before: Box, box: Box) -> bool:
    """Whether a character goes on with the word before it, in whichever direction it runs."""
    high = max(before.height, 1.0)
    across = before.beside(box) > 0.5 and -0.5 * high < box.x0 - before.x1 < _JOIN * high
    down = before.over(box) > 0.5 and abs(_distance(before, box)) < _JOIN * max(before.width, 1.0)
    return across or down


def _distance(before: Box, box: Box) -> float:
    return box.y0 - before.y1 if box.middle > before.middle else before.y0 - box.y1
