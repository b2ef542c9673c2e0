"""Sentiment of English sentences by VADER's lexicon and rules. The only module that imports it."""

from dataclasses import dataclass
from typing import Any

from jobmill_engine import ModelMissing, add_libraries

EXTRA = MODEL = "text"


@dataclass(frozen=True, slots=True)
class Mood:
    """The shares, 0 to 1, of what is positive and negative, and both as one number, -1 to 1.
    `weight` is the words it is about."""

    positive: float
    negative: float
    compound: float
    weight: int = 1

    def told(self) -> dict[str, float]:
        """As a sentiment in a document of facts."""
        return {
            "positive": round(self.positive, 4),
            "negative": round(self.negative, 4),
            "compound": round(self.compound, 4),
        }


class Vader:
    """The lexicon, loaded. Raises `ModelMissing` without its library."""

    def __init__(self) -> None:
        self._analyser = _analyser()

    def mood(self, sentence: str) -> Mood:
        """The mood of one sentence."""
        found = self._analyser.polarity_scores(sentence)
        positive, negative = float(found["pos"]), float(found["neg"])
        return Mood(positive, negative, float(found["compound"]), len(sentence.split()) or 1)


def mean(moods: list[Mood]) -> Mood:
    """The mood of several sentences, by their words."""
    weight = sum(each.weight for each in moods)
    return Mood(
        positive=sum(each.positive * each.weight for each in moods) / weight,
        negative=sum(each.negative * each.weight for each in moods) / weight,
        compound=sum(each.compound * each.weight for each in moods) / weight,
        weight=weight,
    )


def _analyser() -> Any:
    add_libraries(EXTRA)
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError as error:
        raise ModelMissing(MODEL) from error
    return SentimentIntensityAnalyzer()
