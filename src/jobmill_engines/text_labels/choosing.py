"""From likenesses to a choice, with how sure it is. Pure."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

MEANING_HEAT, WORD_HEAT = 0.06, 0.1
"""How far apart two likenesses must lie to be told apart well: smaller is bolder."""


def shares(likenesses: Sequence[float], heat: float) -> list[float]:
    """Likenesses as shares of one (softmax)."""
    most = max(likenesses)
    weights = [exp((each - most) / heat) for each in likenesses]
    return [weight / sum(weights) for weight in weights]


def answer(names: Sequence[str], likenesses: Sequence[float], heat: float) -> Mapping[str, Any]:
    """The label, and what each has of the whole. Where nothing is alike, nothing is sure."""
    found = shares(likenesses, heat)
    ranked = sorted(zip(names, found, strict=True), key=lambda each: -each[1])
    sure = ranked[0][1] if max(likenesses) > 0 else 0.0
    scores = {name: round(share, 4) for name, share in ranked}
    return {"label": ranked[0][0], "scores": scores, "confidence": round(sure, 4)}
