"""Where a document says what a value is: labels of the taxonomy found in segments. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from jobmill_engines.data_points.segments import Segment

_SHORT = {
    "number": ("no", "nr", "num", "#", "№", "nbr"),
    "quantity": ("qty", "qnty"),
    "amount": ("amt",),
    "reference": ("ref",),
    "account": ("acct", "ac"),
    "invoice": ("inv",),
    "telephone": ("tel", "phone"),
    "phone": ("tel", "telephone"),
    "address": ("addr",),
    "description": ("desc", "descr"),
    "percent": ("%",),
    "department": ("dept",),
    "purchaseorder": ("po",),
    "and": ("&",),
    "#": ("number", "no"),
    "no": ("number", "nr", "#"),
}
_MOST_FORMS = 24
_SMALL = 0.5
"""A label begins with a capital; other words are prose."""
_SIGNS = frozenset("#№%&")
_TOKEN = re.compile(r"[^\W_]+|[#№%&]")
_FILLERS = frozenset(
    (
        "your",
        "our",
        "the",
        "this",
        "my",
        "a",
        "of",
        "for",
        "in",
        "to",
        "is",
        "plus",
        "der",
        "die",
        "das",
        "zzgl",
    )
)
_AFTER = frozenset(["is", "of", "the", "no", "number", "#", "nr"])
_NUMBERS = frozenset(("#", "no", "nr", "number", "code", "id", "ref"))
_NOISE = re.compile(r"^[\s:.,;=\-–—>|•*#/]*")
_PART_OF_CODE = re.compile(r"[-/_.]\d")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a segment in one form, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A label of some key in a segment. The value may begin at `after`; `quality` is 0 to 1."""

    key: str
    segment: Segment
    start: int
    end: int
    after: int
    quality: float
    told: bool
    """Whether a colon or the like says that a value follows."""
    alone: bool
    """Whether the segment has nothing else."""
    exact: bool = True
    extra: int = 0
    """Words around it that the taxonomy does not know."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way in which one label may be written, without spaces."""

    key: str
    squeezed: str
    words: int
    first: bool


class Labels:
    """The labels of many keys, made ready to be looked for."""

    def __init__(self, labels: Iterable[tuple[str, Sequence[str]]]) -> None:
        forms: dict[tuple[str, str], Form] = {}
        for key, names in labels:
            for number, name in enumerate(names):
                for squeezed, words in _forms(name):
                    forms.setdefault((key, squeezed), Form(key, squeezed, words, number == 0))
        self._forms = sorted(forms.values(), key=lambda form: -len(form.squeezed))
        self._by_start: dict[str, list[Form]] = {}
        for form in self._forms:
            self._by_start.setdefault(form.squeezed[:1], []).append(form)

    def find(self, segment: Segment) -> list[Label]:
        """Those in one segment; where several could stand, the longest."""
        tokens = tokens_of(segment.text)
        hits = [
            hit
            for hit in self._hits(tokens, recognised=segment.recognised)
            if not _PART_OF_CODE.match(segment.text, tokens[hit[2] - 1].end)
        ]
        kept: list[tuple[Form, int, int, bool]] = []
        for hit in sorted(hits, key=lambda each: (each[1] - each[2], not each[3])):
            if all(_apart(hit, other) or hit[1:3] == other[1:3] for other in kept):
                kept.append(hit)
        spans = sorted({(first, last) for _, first, last, _ in kept})
        return [
            _label(form, segment, tokens, first, last, exact, spans)
            for form, first, last, exact in kept
        ]

    def _hits(
        self, tokens: Sequence[Token], *, recognised: bool
    ) -> Iterator[tuple[Form, int, int, bool]]:
        """(form, its first token, the one after its last, whether letter by letter)."""
        for first, token in enumerate(tokens):
            for form in self._by_start.get(token.text[:1], ()):
                last = _end_of(form.squeezed, tokens, first)
                if last:
                    yield form, first, last, True
            if recognised:
                yield from self._nearly(tokens, first)

    def _nearly(self, tokens: Sequence[Token], first: int) -> Iterator[tuple[Form, int, int, bool]]:
        """What recognition may have misread by a letter or two."""
        for form in self._forms:
            size = len(form.squeezed)
            if size < 5:
                continue
            text = ""
            for last in range(first, min(first + form.words + 1, len(tokens))):
                text += tokens[last].text
                if len(text) > size + 2 or tokens[last].text.isdigit():
                    break  # a number is a value, and no misread part of a label
                most = 1 + size // 9
                if text != form.squeezed and _distance(text, form.squeezed, most) <= most:
                    yield form, first, last + 1, False


def tokens_of(text: str) -> list[Token]:
    """The words of a text in small letters without accents."""
    found = []
    for match in _TOKEN.finditer(text):
        found.append(Token(plain(match[0]), match.start(), match.end()))
    return _without_dots(found, text)


def _without_dots(tokens: list[Token], text: str) -> list[Token]:
    """P.O. is one word."""
    made: list[Token] = []
    for token in tokens:
        last = made[-1] if made else None
        between = text[last.end : token.start] if last else ""
        single = len(token.text) == 1 and token.text.isalpha()
        if last and single and between == "." and last.end - last.start < 4 and _letters(last):
            made[-1] = Token(last.text + token.text, last.start, token.end)
        else:
            made.append(token)
    return made


def _letters(token: Token) -> bool:
    return token.text.isalpha() and len(token.text) <= 3


@cache
def plain(word: str) -> str:
    """In small letters, without accents."""
    if word.isascii():
        return word.lower()
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _forms(name: str) -> Iterator[tuple[str, int]]:
    """(without spaces, count of words) of a label and its short forms."""
    words = [token.text for token in tokens_of(name)]
    choices = [(word, *_SHORT.get(word, ())) for word in words]
    for count, picked in enumerate(product(*choices)):
        if count >= _MOST_FORMS:
            return
        if picked:
            yield "".join(picked), len(picked)
    for at in range(len(words) - 1):
        if short := _SHORT.get(words[at] + words[at + 1]):
            rest = [*words[:at], short[0], *words[at + 2 :]]
            yield "".join(rest), len(rest)


def _end_of(squeezed: str, tokens: Sequence[Token], first: int) -> int | None:
    """The token after the last one of a form that begins with a token, if it does."""
    at = 0
    for number in range(first, len(tokens)):
        text = tokens[number].text
        if not squeezed.startswith(text, at):
            return None
        at += len(text)
        if at == len(squeezed):
            return number + 1
    return None


def _apart(one: tuple[Form, int, int, bool], other: tuple[Form, int, int, bool]) -> bool:
    return one[2] <= other[1] or other[2] <= one[1]


def _label(
    form: Form,
    segment: Segment,
    tokens: Sequence[Token],
    first: int,
    last: int,
    exact: bool,
    spans: Sequence[tuple[int, int]],
) -> Label:
    text = segment.text
    start, end = tokens[first].start, tokens[last - 1].end
    before = [s for s in spans if s[1] <= first]
    from_token = before[-1][1] if before else 0
    ahead = _before(tokens[from_token:first], text, after_value=bool(before))
    until = min((tokens[f].start for f, _ in spans if f >= last), default=len(text))
    after, told, extra = _after(text, end, until)
    extra += _is_number_of(tokens[last:], text, end)
    left = text[after:until].strip()
    quality = 1.0 if exact else 0.88
    quality *= (1.0, 0.62, 0.45, 0.35)[min(ahead, 3)] * (1.0, 0.75, 0.55, 0.4)[min(extra, 3)]
    if len(form.squeezed) < 3:
        quality *= 0.85
    if text[start].islower() and not told:
        quality *= _SMALL
    alone = not left and not ahead and until == len(text)
    return Label(form.key, segment, start, end, after, quality, told, alone, exact, ahead + extra)


def _before(tokens: Sequence[Token], text: str, *, after_value: bool) -> int:
    """Words in front that change what a label means."""
    words = [token for token in tokens if token.text not in _FILLERS]
    words = [] if all(token.text == "%" or token.text.isdigit() for token in words) else words
    if not words or _is_enumerator(words, text):
        return 0
    digits = any(character.isdigit() for token in words[-1:] for character in token.text)
    end = words[-1].end
    parted = text[end : end + 2].strip()[:1] in tuple("|;•,/")
    if (after_value and digits) or (parted and digits):
        return 0
    return len(words)


def _is_enumerator(words: Sequence[Token], text: str) -> bool:
    """1. or a) or (iii) or 2.1 in front."""
    if words[0].start > 1 or words[-1].end > 6:
        return False
    counts = all(word.text.isdigit() or len(word.text) == 1 for word in words)
    return counts and text[words[-1].end : words[-1].end + 1] in (".", ")", " ", ":")


def _is_number_of(tokens: Sequence[Token], text: str, end: int) -> bool:
    """Item # is no item, and Order No. no order: a number follows, or stands below."""
    if not tokens or tokens[0].text not in _NUMBERS:
        return False
    return not any(map(str.isdigit, text[end:]))


def _after(text: str, end: int, until: int) -> tuple[int, bool, int]:
    """(where the value may begin, whether something says so, words in between)."""
    rest = text[end:until]
    colon = rest.find(":")
    head = _IN_BRACKETS.sub("", rest[:colon] if colon >= 0 else "")
    if colon >= 0 and not any(character.isdigit() for character in head) and len(head) < 40:
        between = [t.text for t in tokens_of(head) if t.text not in _AFTER]
        skipped = _NOISE.match(rest, colon)
        return end + (skipped.end() if skipped else colon + 1), True, len(between)
    bracket = re.match(r"\s*[.#]*\s*(\([^)\d]{1,24}\)|\[[^\]\d]{1,24}\])", rest)
    at = bracket.end() if bracket else 0
    noise = _NOISE.match(rest, at)
    stop = noise.end() if noise else at
    told = bool(re.search(r"[:=–—>|]|\.{2,}|\s-\s", rest[at:stop]))
    return end + stop, told, 0


def _distance(one: str, other: str, most: int) -> int:
    """Letters to change, add or leave out; `most` + 1 for anything more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, wanted in enumerate(other, 1):
            same = before + (letter != wanted)
            before = row[at]
            row[at] = min(same, row[at] + 1, row[at - 1] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
