"""A text as paragraphs and sentences, each with its place. No rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Sentence:
    """`before` is what separates it from the sentence before it. `paragraph` and `number` count
    from 1 (None: the text has none); the times, in ms, are those of its words where known."""

    text: str
    before: str = ""
    page: int | None = None
    paragraph: int | None = None
    number: int | None = None
    start_ms: float | None = None
    end_ms: float | None = None

    def found(self, **more: Any) -> dict[str, Any]:
        """It as an object of type text in a document of facts."""
        return _known({"type": "text", "text": self.text, **self.place(), **more})

    def place(self) -> dict[str, Any]:
        """Where it stands, as the keys of an object in a document of facts."""
        places = {"page": self.page, "paragraph": self.paragraph, "sentence": self.number}
        return _known({**places, "start_ms": self.start_ms, "end_ms": self.end_ms})

    def saying(self, text: str) -> "Sentence":
        """Another text in its place."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """Its sentences as one text."""
        return joined(self.sentences)

    def place(self) -> dict[str, Any]:
        """Where it stands, as the keys of an object in a document of facts."""
        first = self.sentences[0]
        starts = [each.start_ms for each in self.sentences if each.start_ms is not None]
        ends = [each.end_ms for each in self.sentences if each.end_ms is not None]
        times = {"start_ms": min(starts), "end_ms": max(ends)} if starts and ends else {}
        return _known({"page": first.page, "paragraph": first.paragraph, **times})


@dataclass(frozen=True, slots=True)
class Text:
    """`language` is what the input says about itself (BCP 47), None: nothing."""

    paragraphs: tuple[Paragraph, ...]
    language: str | None = None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All of them in order."""
        return tuple(each for paragraph in self.paragraphs for each in paragraph.sentences)

    @property
    def plain(self) -> str:
        """All of it."""
        return joined(self.sentences)


def joined(sentences: Iterable[Sentence]) -> str:
    """Sentences one after the other, with what separates them."""
    return "".join(each.before + each.text for each in sentences).strip()


def _known(keys: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value is not None}
