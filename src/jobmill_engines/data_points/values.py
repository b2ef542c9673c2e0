"""Values of each type in a text: where they stand, what they are, how well they fit. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobmill_engines.data_points.dates import days_in
from jobmill_engines.data_points.sums import Amount, amounts_in
from jobmill_engines.documents.taxonomy import (
    DATE,
    IDENTIFIER,
    MONEY,
    NUMBER,
    Conventions,
    DataPoint,
)

LONGEST = 400
"""Characters of a text in which values are looked for."""
_IDENTIFIER = re.compile(r"[^\W_][\w./#&+-]*[\w/]|\w")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")
_EDGES = " \t:;,|•*–—-"
_UNIT = re.compile(r"^\s*(?:pcs?|ea|hrs?|h|kg|g|m|km|l|x|units?|days?|hours?|pages?|st)\b\.?", re.I)


@dataclass(frozen=True, slots=True)
class Value:
    """`value` is JSON; `fit` is how well the text is one of its type, 0 to 1."""

    start: int
    end: int
    text: str
    value: Any
    fit: float


def values_in(point: DataPoint, text: str, how: Conventions, *, recognised: bool) -> list[Value]:
    """The values of a text that a data point may have, the first ones best."""
    text = text[:LONGEST]
    found = list(_found(point, text, how, recognised=recognised))
    if point.pattern is not None:
        found = [each for each in found if point.pattern.fits(each.text)]
        found = found or list(_by_pattern(point, text))
    return found


def _found(point: DataPoint, text: str, how: Conventions, *, recognised: bool) -> Iterator[Value]:
    if point.type == DATE:
        for day in days_in(text, how.date_order):
            fit = 0.72 if day.ambiguous else 1.0
            yield Value(day.start, day.end, text[day.start : day.end], day.value.isoformat(), fit)
    elif point.type in (MONEY, NUMBER):
        for amount in amounts_in(text, how.decimal, recognised=recognised):
            yield _number(point, amount, text, how)
    elif point.type == IDENTIFIER:
        yield from _identifiers(text)
    elif point.values:
        yield from _choices(point, text)
    else:
        yield from _string(text)


def _number(point: DataPoint, amount: Amount, text: str, how: Conventions) -> Value:
    fit = 0.8 if amount.ambiguous else 1.0
    written = text[amount.start : amount.end]
    if point.type == NUMBER:
        value: Any = int(amount.value) if amount.value == int(amount.value) else float(amount.value)
        whole = amount.value == int(amount.value) and "." not in str(amount.value)
        return Value(
            amount.start, amount.end, written, value if whole else float(amount.value), fit
        )
    if amount.percent:
        fit *= 0.2
    elif amount.currency is None:
        decimals = bool(re.search(r"[.,]\d{2}\b", written))
        fit *= 0.97 if decimals else 0.8
    money = {"amount": str(amount.value), "currency": amount.currency or how.currency}
    return Value(amount.start, amount.end, written, money, fit)


def _identifiers(text: str) -> Iterator[Value]:
    for iban in _IBAN.finditer(text):
        yield Value(iban.start(), iban.end(), iban[0], " ".join(iban[0].split()), 1.0)
    for match in _IDENTIFIER.finditer(text):
        word = match[0]
        digits = sum(character.isdigit() for character in word)
        if not digits:
            continue
        start, end = match.span()
        fit = 1.0 if digits >= 3 or len(word) >= 4 else 0.7
        before = re.search(r"(?:^|\s)([A-Z]{1,5})\s$", text[:start])
        if before and start - len(before[1]) - 1 <= 1:
            start = before.start(1)
        more = re.match(r"(?:\s(?=[\dA-Z]*\d)[\dA-Z]{2,6}\b){1,6}(?!\S*[.,:]\d)", text[end:])
        if more and (end + more.end() == len(text.rstrip())):
            end += more.end()
        whole = text[start:end]
        if days_in(whole, None) and not re.fullmatch(r"\d{8}", whole):
            fit *= 0.25
        if "%" in text[end : end + 2] or re.fullmatch(r"\d+[.,]\d{2}", whole):
            fit *= 0.3
        yield Value(start, end, whole, whole, fit)


def _choices(point: DataPoint, text: str) -> Iterator[Value]:
    for choice in point.values:
        for match in re.finditer(rf"(?<!\w){re.escape(choice)}(?!\w)", text, re.I):
            yield Value(match.start(), match.end(), match[0], choice, 1.0)


def _string(text: str) -> Iterator[Value]:
    start = len(text) - len(text.lstrip(_EDGES))
    end = len(text.rstrip(_EDGES))
    whole = text[start:end]
    if whole.startswith("["):
        start += 1 + len(whole[1:]) - len(whole[1:].lstrip())
    if whole.endswith("]") and "[" not in whole[1:]:
        end -= 1 + len(whole[:-1]) - len(whole[:-1].rstrip())
    if start < end and any(character.isalnum() for character in text[start:end]):
        whole = text[start:end]
        fit = 1.0 if len(whole) <= 80 else 0.7
        yield Value(start, end, whole, " ".join(whole.split()), fit)


def _by_pattern(point: DataPoint, text: str) -> Iterator[Value]:
    if point.pattern is None or point.type in (DATE, MONEY, NUMBER):
        return
    for start, end in point.pattern.places(text):
        whole = text[start:end].strip()
        if whole and _bounded(text, start, end):
            yield Value(start, end, whole, " ".join(whole.split()), 1.0)


def _bounded(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum())


def leftover(text: str, value: Value) -> int:
    """Words of a text beside its value that are no unit."""
    rest = text[: value.start] + " " + _UNIT.sub(" ", text[value.end :])
    return len(re.findall(r"[^\W\d_]{2,}", rest))
