"""Puts the words of a transcript together, and keeps those of a chunk's own span. Pure."""

from collections.abc import Mapping
from typing import Any

from jobmill_engines.transcribe.recognise import Language, Phrase, Word

Span = tuple[float, float]

MARGIN_MS = 500.0
"""How far beyond its own span a chunk still tells words. Two chunks place a word at their border a
little differently: whoever collates finds it on both sides and keeps it once."""


def own_span(meta: Mapping[str, Any]) -> Span | None:
    """What a chunk answers for, in ms from the chunk's start; None: all of it."""
    names = ("start_ms", "own_start_ms", "own_end_ms")
    if not all(isinstance(meta.get(name), int | float) for name in names):
        return None
    start, own_start, own_end = (float(meta[name]) for name in names)
    return own_start - start, own_end - start


class Transcript:
    """Gathers phrases in the order of time.

    `own`: the text is that of the words whose middle lies in there; the words go a margin further.
    """

    def __init__(self, model: str, own: Span | None) -> None:
        self.own = own
        self._model = model
        self._language: Language | None = None
        self._words: list[Word] = []
        self._text: list[str] = []

    def speaks(self, language: Language) -> None:
        """The language that a window was heard in; the first one counts."""
        self._language = self._language or language

    def add(self, phrase: Phrase, offset_ms: float) -> None:
        """A phrase whose times count from `offset_ms` on."""
        if not phrase.words:
            self._text.append(phrase.text)
            return
        for word in phrase.words:
            middle = (word.start_ms + word.end_ms) / 2 + offset_ms
            if self._is_own(middle, MARGIN_MS):
                self._words.append(_moved(word, offset_ms))
            if self._is_own(middle):
                self._text.append(word.text)

    def document(self, *, word_times: bool) -> dict[str, Any]:
        """The document of facts; without `word_times` it has the text only."""
        document: dict[str, Any] = {}
        if self._language is not None:
            code, confidence = self._language.code, round(self._language.confidence, 4)
            document["language"] = code
            document["languages"] = [{"language": code, "confidence": confidence}]
        if word_times:
            document["words"] = [_told(word) for word in self._words if word.text.strip()]
        document["text"] = "".join(self._text).strip()
        if self.own is not None:
            document["own"] = list(self.own)
        document["summary"] = {"model": self._model}
        return document

    def _is_own(self, middle_ms: float, margin: float = 0.0) -> bool:
        return self.own is None or self.own[0] - margin <= middle_ms < self.own[1] + margin


def _moved(word: Word, offset_ms: float) -> Word:
    start, end = (round(each + offset_ms, 3) for each in (word.start_ms, word.end_ms))
    return Word(start, end, word.text, word.confidence)


def _told(word: Word) -> dict[str, Any]:
    return {
        "start_ms": word.start_ms,
        "end_ms": word.end_ms,
        "text": word.text.strip(),
        "confidence": word.confidence,
    }
