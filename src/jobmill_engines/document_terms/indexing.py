"""Which terms a document is about: where they stand, how often, in headings or in passing. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jobmill_engines.document_terms.vocabulary import Form, Term, Vocabulary
from jobmill_engines.documents.model import IMAGE, Box, Line, Zone, Zones, around

_ONCE = 0.55
"""How likely it is that a document is about what it names once."""
_AGAIN, _HEADING, _EARLY = 0.35, 0.5, 0.2
"""The share of the remaining doubt that each further mention, a heading, the beginning takes."""
_SYNONYM, _SHARED, _SHORT = 0.97, 0.6, 0.8
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a term stands."""

    zone: str
    page: int
    cell: tuple[int, int] | None
    box: Box
    text: str
    sure: float


@dataclass(slots=True)
class Indexed:
    """A term and its mentions; `narrower` are those that imply it."""

    term: Term
    mentions: list[Mention] = field(default_factory=list)
    count: int = 0
    doubt: float = 1.0
    weight: float = 0.0
    narrower: list[str] = field(default_factory=list)

    @property
    def confidence(self) -> float:
        """0 to 1."""
        return (1.0 - self.doubt) * self.weight


def index(zones: Zones, vocabulary: Vocabulary) -> list[Indexed]:
    """The terms of a document, the surest first."""
    found: dict[str, Indexed] = {}
    early = True
    for zone in zones.zones:
        if zone.type == IMAGE or zone.role in ("header", "footer"):
            continue
        for lines, cell in _texts(zone):
            for form, mention in _mentions(lines, cell, zone, vocabulary):
                _note(found, form, mention, zone, vocabulary, early=early)
        early = early and zone.page == 1 and zone.role == "heading"
    _imply(found, vocabulary)
    return sorted(found.values(), key=lambda each: (-each.confidence, -each.count, each.term.label))


def _texts(zone: Zone) -> Iterator[tuple[tuple[Line, ...], tuple[int, int] | None]]:
    if zone.lines:
        yield zone.lines, None
    for cell in zone.cells:
        yield cell.lines, (cell.row, cell.column)


def _mentions(
    lines: Iterable[Line], cell: tuple[int, int] | None, zone: Zone, vocabulary: Vocabulary
) -> Iterator[tuple[Form, Mention]]:
    """A word that a hyphen parts at the end of a line is one."""
    text, spans = "", list[tuple[int, int, Box, float]]()
    for line in lines:
        for word in line.words:
            start = len(text)
            text += word.text
            sure = 1.0 if word.confidence is None else word.confidence
            spans.append((start, len(text), word.box, sure))
            text += " "
        if text.endswith("- ") and len(text) > 3 and text[-3].isalpha():
            text = text[:-2]
    tokens = vocabulary.tokens(text)
    for form, first, last in vocabulary.find(tokens):
        start, end = tokens[first].start, tokens[last - 1].end
        inside = [each for each in spans if each[0] < end and each[1] > start]
        box = around([each[2] for each in inside])
        sure = min(each[3] for each in inside)
        yield form, Mention(zone.id, zone.page, cell, box, text[start:end], sure)


def _note(
    found: dict[str, Indexed],
    form: Form,
    mention: Mention,
    zone: Zone,
    vocabulary: Vocabulary,
    *,
    early: bool,
) -> None:
    each = found.setdefault(form.term.key, Indexed(form.term))
    each.doubt *= 1 - (_AGAIN if each.count else _ONCE)
    if zone.role == "heading":
        each.doubt *= 1 - _HEADING
    if early:
        each.doubt *= 1 - _EARLY
    each.count += 1
    if len(each.mentions) < _MOST_PLACES:
        each.mentions.append(mention)
    weight = mention.sure * (1.0 if form.preferred else _SYNONYM)
    weight *= _SHARED if vocabulary.shared(form) else 1.0
    weight *= _SHORT if len("".join(form.words)) <= 3 and not form.exact else 1.0
    each.weight = max(each.weight, weight)


def _imply(found: dict[str, Indexed], vocabulary: Vocabulary) -> None:
    """Broader terms hold, too, as surely as the surest narrower one."""
    waiting = list(found.values())
    seen: dict[str, set[str]] = defaultdict(set)
    while waiting:
        each = waiting.pop()
        for key in each.term.broader:
            if each.term.key in seen[key]:
                continue
            seen[key].add(each.term.key)
            above = found.setdefault(key, Indexed(vocabulary.terms[key]))
            above.narrower.append(each.term.key)
            if above.confidence < each.confidence:
                above.doubt, above.weight = 1 - each.confidence, 1.0
            waiting.append(above)
