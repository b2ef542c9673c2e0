"""Dates as documents write them. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

DMY, MDY = "dmy", "mdy"
_MONTHS = {
    1: "january jan januar janvier janv enero ene gennaio gen janeiro januari",
    2: "february feb februar fevrier fevr febrero febbraio fevereiro fev februari",
    3: "march mar marz mars marzo marco maart mrt maerz",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maggio mag maio mei",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug aout agosto ago augustus",
    9: "september sept sep septembre septiembre settembre set setembro",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez decembre diciembre dic dicembre dezembro",
}
_NAMES = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NAME = r"[A-Za-zÀ-ÿ]{3,10}\.?"
_YEAR = r"(?P<y>\d{4}|['’]?\d{2})"
_FORMS = tuple(
    re.compile(rf"(?<![\w./-]){form}(?![\w]|[./-]\d)")
    for form in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?",
        r"(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)",
        rf"(?P<a>\d{{1,2}})\s?[-/.]\s?(?P<b>\d{{1,2}})\s?[-/.]\s?{_YEAR}",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?:\s?[-/ ]\s?|\s+de\s+|\s?)(?:of\s+)?"
        rf"(?P<n>{_NAME})"
        rf"(?:\s?[-/,. ]\s?|\s+de\s+|,\s*|\s?){_YEAR}",
        rf"(?P<n>{_NAME})[\s.-]?\s?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[,.-]\s*|\s+){_YEAR}",
        rf"(?P<y>\d{{4}})[-/. ](?P<n>{_NAME})[-/. ](?P<d>\d{{1,2}})",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text, and whether day and month could be the other way round."""

    start: int
    end: int
    value: date
    ambiguous: bool = False


def days_in(text: str, order: str | None) -> list[Day]:
    """All dates of a text; `order` says how 03/04/2024 is meant."""
    found: list[Day] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match, order)
            if day and not any(day.start < other.end and other.start < day.end for other in found):
                found.append(day)
    return sorted(found, key=lambda day: day.start)


def order_of(texts: list[str]) -> str | None:
    """DMY or MDY, if a date of the document can be meant in one way only."""
    votes = {DMY: 0, MDY: 0}
    for text in texts:
        for match in _FORMS[2].finditer(text):
            first, second = int(match["a"]), int(match["b"])
            if first > 12 >= second:
                votes[DMY] += 1
            elif second > 12 >= first:
                votes[MDY] += 1
    if votes[DMY] == votes[MDY]:
        return None
    return max(votes, key=votes.__getitem__)


def _day(match: re.Match[str], order: str | None) -> Day | None:
    groups = match.groupdict()
    year = _year(groups["y"])
    ambiguous = False
    if groups.get("a"):
        first, second = int(groups["a"]), int(groups["b"])
        ambiguous = first <= 12 and second <= 12 and first != second and order is None
        dotted = "." in match[0]  # nobody writes month.day.year
        swapped = (order == MDY and not dotted and first <= 12) or second > 12
        day, month = (second, first) if swapped else (first, second)
        ambiguous = ambiguous and not dotted
    else:
        month_number = _month(groups["n"]) if groups.get("n") else int(groups["m"])
        if month_number is None:
            return None
        day, month = int(groups["d"]), month_number
    try:
        return Day(match.start(), match.end(), date(year, month, day), ambiguous)
    except ValueError:
        return None


def _year(text: str) -> int:
    digits = text.lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < 70 else 1900)


@cache
def _month(name: str) -> int | None:
    plain = unicodedata.normalize("NFKD", name.lower().rstrip("."))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NAMES.get(plain)
