"""Zones of all pages: their ids, what goes on from the page before, headers and footers. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from jobmill_engines.documents.model import TABLE, TEXT, Page, Zone

_MARGIN = 0.09
_PAGES = 3
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", '"', "”", ")")


def joined(pages: Sequence[Page], zones: Sequence[Zone]) -> list[Zone]:
    """The same zones, each with its id."""
    heights = {page.number: page.height for page in pages}
    marked = _marked(zones, heights)
    count: Counter[str] = Counter()
    made: list[Zone] = []
    for zone in marked:
        count[zone.type] += 1
        named = replace(zone, id=f"{zone.type}-{count[zone.type]}")
        before = _before(made, named)
        made.append(replace(named, continued_from=before.id) if before else named)
    return made


def _marked(zones: Sequence[Zone], heights: dict[int, float]) -> list[Zone]:
    """Text that comes again at the edge of most pages is a header or a footer."""
    places: Counter[tuple[str, str]] = Counter()
    for zone in zones:
        edge = _edge(zone, heights)
        if edge:
            places[edge, _shape(zone)] += 1
    least = max(_PAGES, len(heights) // 2)
    made = []
    for zone in zones:
        edge = _edge(zone, heights)
        again = edge and places[edge, _shape(zone)] >= least
        made.append(replace(zone, role=edge) if again else zone)
    return made


def _edge(zone: Zone, heights: dict[int, float]) -> str:
    if zone.type != TEXT:
        return ""
    high = heights[zone.page]
    if zone.box.y1 < _MARGIN * high:
        return "header"
    return "footer" if zone.box.y0 > (1 - _MARGIN) * high else ""


def _shape(zone: Zone) -> str:
    return re.sub(r"\d+", "0", zone.text)


def _before(made: Sequence[Zone], zone: Zone) -> Zone | None:
    """The last zone of the page before, if this, the first of its page, goes on with it."""
    if zone.type not in (TEXT, TABLE) or zone.role:
        return None
    body = [each for each in made if each.role not in ("header", "footer")]
    if not body or body[-1].page != zone.page - 1 or body[-1].type != zone.type or body[-1].role:
        return None
    last = body[-1]
    if zone.type == TABLE:
        same = max(c.column for c in last.cells) == max(c.column for c in zone.cells)
        return last if same and last.box.over(zone.box) > 0.8 else None
    first = zone.text.lstrip()[:1]
    goes_on = first.islower() and not last.text.rstrip().endswith(_SENTENCE_ENDS)
    return last if goes_on else None
