"""Which way a text runs. Pure."""

import unicodedata

RIGHT_TO_LEFT_MARK = "\u200f"
_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


def runs_right_to_left(text: str, language: str | None = None) -> bool:
    """By the language (BCP 47) where it is known, else by the first letter that has a direction."""
    if language:
        return language.lower().replace("_", "-").split("-")[0] in _LANGUAGES
    return first_runs(text) in ("R", "AL")


def marked(text: str, language: str | None) -> str:
    """A line whose direction shows in its first letter, as caption players take it from there."""
    if runs_right_to_left(text, language) and first_runs(text) == "L":
        return RIGHT_TO_LEFT_MARK + text
    return text


def first_runs(text: str) -> str:
    """The direction of the first letter that has one, as Unicode names it; else empty."""
    ways = map(unicodedata.bidirectional, text)
    return next((way for way in ways if way in ("L", "R", "AL")), "")
