"""Numbers and sums of money as documents write them. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

POINT, COMMA = "point", "comma"
_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "zł": "PLN",
    "Kč": "CZK",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "AU$": "AUD",
    "R$": "BRL",
    "$": "USD",
}
_CODES = frozenset(
    re.findall(
        r"\w{3}",
        "AED AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MAD"
        " MXN MYR NOK NZD PEN PHP PLN RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR",
    )
)
_SIGN = "|".join(map(re.escape, sorted(_SYMBOLS, key=len, reverse=True)))
_CODE = "|".join(sorted(_CODES))
_DIGITS = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d{1,6})?|[.,]\d{1,4}"
NUMBER = re.compile(
    rf"(?<![\w.,])(?P<open>\()?\s?(?P<minus>[-−–])?\s?"
    rf"(?:(?P<before>(?:{_SIGN})|(?:{_CODE})\b|(?:Rs\.?|Fr\.?|kr\.?)(?=\s?\d))\s?)?"
    rf"(?P<inner>[-−–])?\s?(?P<digits>{_DIGITS})(?P<dash>[.,][-–—]{{1,2}})?"
    rf"(?:\s?(?P<after>(?:{_SIGN})|(?:{_CODE})\b|kr\b\.?))?(?P<close>\))?(?P<trail>[-−](?!\w))?"
    rf"(?P<percent>\s?%)?(?![\w])"
)
_LOOKALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8"})
_NEARLY = re.compile(r"(?<![A-Za-z])[\dOolISB]*\d[\dOolISB]*(?:[.,][\dOolISB]{2,3})+(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text: where it stands, how much, of which currency, whether in percent."""

    start: int
    end: int
    value: Decimal
    currency: str | None = None
    percent: bool = False
    ambiguous: bool = False


def amounts_in(text: str, decimal: str | None, *, recognised: bool = False) -> list[Amount]:
    """All numbers of a text. `recognised`: letters that look like digits are taken for them."""
    if recognised:
        text = _NEARLY.sub(lambda found: found[0].translate(_LOOKALIKE), text)
    return [_amount(found, decimal) for found in NUMBER.finditer(text)]


def _amount(found: re.Match[str], decimal: str | None) -> Amount:
    digits, ambiguous = _plain(found["digits"], decimal)
    value = Decimal(digits)
    negative = found["minus"] or found["inner"] or found["trail"]
    if negative or (found["open"] and found["close"]):
        value = -value
    named = (found["before"] or found["after"] or "").strip()
    currency = _SYMBOLS.get(named) or (named if named in _CODES else None)
    start, end = found.span()
    if found["open"] and not found["close"]:
        start = found.start() + 1
    if found["close"] and not found["open"]:
        end = found.end("close") - 1
    start += len(found.string[start:end]) - len(found.string[start:end].lstrip())
    return Amount(start, end, value, currency, bool(found["percent"]), ambiguous)


def _plain(digits: str, decimal: str | None) -> tuple[str, bool]:
    """With a point for decimals and nothing between thousands, and whether that was a guess."""
    digits = re.sub(r"['’\u00a0\u202f ]", "", digits)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last = max(digits.rfind("."), digits.rfind(","))
        whole = re.sub("[.,]", "", digits[:last])
        return f"{whole}.{digits[last + 1 :]}", False
    mark = "." if points else ","
    if points + commas == 0:
        return digits, False
    if points + commas > 1:
        whole, _, rest = digits.rpartition(mark)
        if len(rest) != 3:  # 1,845,48: one of the marks was misread
            return f"{whole.replace(mark, '')}.{rest}", True
        return digits.replace(mark, ""), False
    whole, _, rest = digits.partition(mark)
    if len(rest) != 3 or len(whole) > 3 or not whole or whole == "0":
        return f"{whole or '0'}.{rest}", False
    is_decimal = (decimal == POINT) == (mark == ".") if decimal else False
    return (f"{whole}.{rest}" if is_decimal else whole + rest), decimal is None


def decimal_of(texts: list[str]) -> str | None:
    """What this document writes before its decimals, if it shows it."""
    votes = {POINT: 0, COMMA: 0}
    for text in texts:
        for found in NUMBER.finditer(text):
            digits = found["digits"]
            if re.search(r"\.\d{1,2}$", digits):
                votes[POINT] += 1
            elif re.search(r",\d{1,2}$", digits):
                votes[COMMA] += 1
    if votes[POINT] == votes[COMMA]:
        return None
    return max(votes, key=votes.__getitem__)
