"""Sentiment as an engine: English sentences and the whole. Others are left out, loudly."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from jobmill_engine import Engine, Result, Task
from jobmill_engines.sentiment.vader import Mood, Vader, mean
from jobmill_engines.texts.guess import Guesser
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.texts.model import Paragraph, Sentence, Text
from jobmill_engines.texts.reading import read_text

ENGLISH, DETECT = "en", "detect"
SURE, LONG = 0.95, 60
"""A paragraph is in another language than the whole only if that is sure, and it is this long."""


class SentimentEngine(Engine):
    """Positive and negative shares; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result | None:
        vader = self._vader
        text = read_text(task)
        if text is None:
            return None if task.mode == "chunk" else {"text": ""}
        english, others = self._sorted(task, text)
        _warn_of(task, others)
        language = ENGLISH if english else max(others, key=lambda each: others[each], default=None)
        document: dict[str, Any] = {"language": language} if language else {}
        document["text"] = text.plain
        if not english:
            return document
        moods = list(_moods(task, vader, english))
        document["sentiment"] = mean([mood for _, mood in moods]).told()
        if task.parameters.get("sentences", True):
            document["objects"] = [
                sentence.found(language=ENGLISH, sentiment=mood.told()) for sentence, mood in moods
            ]
        return document

    @cached_property
    def _vader(self) -> Vader:
        return Vader()

    def _sorted(self, task: Task, text: Text) -> tuple[list[Sentence], Counter[str]]:
        """The English sentences, and how many paragraphs are in which other language."""
        asked = str(task.parameters.get("language") or DETECT).lower()
        told = text.language if asked == DETECT else asked
        if told is not None:
            code = plain_code(told)
            return (list(text.sentences), Counter()) if code == ENGLISH else ([], Counter([code]))
        guesser = Guesser()
        whole = guesser.best(text.plain)
        english: list[Sentence] = []
        others: Counter[str] = Counter()
        for paragraph in text.paragraphs:
            language = _language(paragraph, guesser, whole.language if whole else ENGLISH)
            if language == ENGLISH:
                english += paragraph.sentences
            else:
                others[language] += 1
        return english, others


def _language(paragraph: Paragraph, guesser: Guesser, whole: str) -> str:
    guess = guesser.best(paragraph.text) if len(paragraph.text) >= LONG else None
    return guess.language if guess and guess.confidence >= SURE else whole


def _moods(task: Task, vader: Vader, sentences: list[Sentence]) -> Iterator[tuple[Sentence, Mood]]:
    for number, sentence in enumerate(sentences, 1):
        task.check_cancelled()
        yield sentence, vader.mood(sentence.text)
        task.progress(number, len(sentences), "sentences")


def _warn_of(task: Task, others: Counter[str]) -> None:
    if others:
        listed = ", ".join(f"{code!r}" for code, _ in others.most_common())
        told = f"What is in {listed} has no sentiment: only English is known. Translate it first"
        task.warn("language_unsupported", f"{told} (`translate`), or name its true `language`.")
