"""The records of a document of facts. No rules: `reading` checks, `writing` writes.

Times are milliseconds from the start of what the document is about. `more` keeps what a document
says beyond these fields, so that nothing is lost between reading and writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a word may have been instead."""

    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word; `confidence` is 0 to 1."""

    start_ms: float
    end_ms: float
    text: str
    confidence: float | None = None
    speaker: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a picture or on a page: 0 is left and top, 1 is right and bottom."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How positive and how negative something is, each 0 to 1."""

    positive: float
    negative: float
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Something found in a picture, in sound or in a text; `type` is a word such as `face`.

    With times it is there from `start_ms` to `end_ms`. `page`, `paragraph` and `sentence` count
    from 1, each within the one before it. `box` is one point, or the corners of a polygon.
    """

    type: str
    label: str | None = None
    text: str | None = None
    confidence: float | None = None
    start_ms: float | None = None
    end_ms: float | None = None
    box: tuple[Point, ...] = ()
    page: int | None = None
    paragraph: int | None = None
    sentence: int | None = None
    language: str | None = None
    sentiment: Sentiment | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether it says when."""
        return self.start_ms is not None

    @property
    def placed(self) -> bool:
        """Whether it says where in a text."""
        return any(place is not None for place in (self.page, self.paragraph, self.sentence))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and what is the case there."""

    start_ms: float
    end_ms: float
    label: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """A language (BCP 47) that this may be in."""

    language: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A file that an engine made, by the id of its asset."""

    asset: str
    media_type: str | None = None
    language: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that one document says. `own` is the stretch that it answers for."""

    language: str | None = None
    words: tuple[Word, ...] = ()
    text: str | None = None
    objects: tuple[Found, ...] = ()
    sentiment: Sentiment | None = None
    languages: tuple[LanguageGuess, ...] = ()
    media: tuple[Media, ...] = ()
    spans: tuple[Span, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    own: tuple[float, float] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return self == Facts(own=self.own)
