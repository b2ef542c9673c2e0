"""The zones of one page: tables are taken out first, what is left is text and formulas. Pure."""

from collections.abc import Sequence
from statistics import fmean, median

from jobmill_engines.document_zones.aligned import aligned_tables
from jobmill_engines.document_zones.blocks import blocks_of
from jobmill_engines.document_zones.grid import Found, ruled_tables
from jobmill_engines.document_zones.mathematics import is_math
from jobmill_engines.documents.model import (
    IMAGE,
    MATH,
    TABLE,
    TEXT,
    Box,
    Line,
    Page,
    Zone,
    around,
)

_SURE_TEXT = 0.99
_SMALL = 0.0004
"""Of a page: smaller pictures are dots and bullets."""
_LARGER = 1.18


def zones_of_page(page: Page) -> list[Zone]:
    """In reading order; ids are given when all pages are known."""
    tables, lines = _tables(page)
    body = median([line.box.height for line in lines]) if lines else 10.0
    zones = [_text(page, block, body) for block in blocks_of(lines)]
    others = [*(_table(page, table) for table in tables), *_pictures(page)]
    for other in sorted(others, key=lambda zone: (zone.box.y0, zone.box.x0)):
        zones.insert(_place(other, zones), other)
    return zones


def _tables(page: Page) -> tuple[list[Found], list[Line]]:
    """The tables, and the lines outside of them."""
    if page.tables:
        told = [Found(table.box, table.cells, 0.99) for table in page.tables]
        return told, [line for line in page.lines if not _inside(line, told)]
    ruled, rest = ruled_tables(page.lines, page.rules)
    aligned, rest = aligned_tables(rest, page.width)
    return [*ruled, *aligned], rest


def _inside(line: Line, tables: Sequence[Found]) -> bool:
    return any(table.box.holds(line.box.centre, line.box.middle) for table in tables)


def _text(page: Page, block: Sequence[Line], body: float) -> Zone:
    size = median(line.box.height for line in block)
    bold = all(line.style.bold for line in block)
    heading = len(block) <= 3 and (size > _LARGER * body or (bold and _short(block)))
    return Zone(
        id="",
        type=MATH if is_math(block) else TEXT,
        page=page.number,
        box=around([line.box for line in block]),
        lines=tuple(block),
        confidence=_sure(block),
        role="heading" if heading else "",
    )


def _short(block: Sequence[Line]) -> bool:
    text = block[-1].text
    return len(block) == 1 and len(text) < 80 and not text.rstrip().endswith((".", ":", ","))


def _sure(lines: Sequence[Line]) -> float:
    known = [line.confidence for line in lines if line.confidence is not None]
    return fmean(known) if known else _SURE_TEXT


def _table(page: Page, found: Found) -> Zone:
    lines = [line for cell in found.cells for line in cell.lines]
    return Zone(
        id="",
        type=TABLE,
        page=page.number,
        box=found.box,
        cells=found.cells,
        confidence=found.confidence * (_sure(lines) if lines else 1.0),
    )


def _pictures(page: Page) -> list[Zone]:
    """Pictures that are no background of the page's text."""
    least = _SMALL * page.width * page.height
    found = []
    for box in page.pictures:
        covered = sum(box.holds(line.box.centre, line.box.middle) for line in page.lines)
        if box.width * box.height >= least and covered <= 1:
            found.append(Zone("", IMAGE, page.number, box, confidence=_SURE_TEXT))
    return found


def _place(zone: Zone, zones: Sequence[Zone]) -> int:
    """Before the first that lies below it, else after the last that does not."""
    for at, other in enumerate(zones):
        if other.box.y0 >= _two_thirds(zone.box) and other.box.over(zone.box) > 0:
            return at
    after = [at for at, other in enumerate(zones) if other.box.y0 <= zone.box.y0]
    return after[-1] + 1 if after else 0


def _two_thirds(box: Box) -> float:
    return box.y0 + 0.67 * box.height
