"""Layouts and zones from JSON. A person may have edited it: what is written counts before words.

Where a line's or a cell's `text` differs from its words, the words are made anew from the text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill_engines.documents.given import invalid
from jobmill_engines.documents.model import (
    IMAGE,
    MATH,
    TABLE,
    TEXT,
    Box,
    Cell,
    Line,
    Page,
    Style,
    Table,
    Word,
    Zone,
    Zones,
    around,
    line_of,
)

LAYOUT, ZONES = "layout", "zones"
TURNS = (90, 180, 270)
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def read_layout(document: Mapping[str, Any]) -> list[Page]:
    """The pages of a document of layout. Raises InputRejected."""
    return [_page(page, LAYOUT) for page in _list(document, "pages", LAYOUT, needed=True)]


def read_zones(document: Mapping[str, Any]) -> Zones:
    """The zones of a document of zones, in reading order. Raises InputRejected."""
    pages = {page.number: page for page in _pages(document)}
    given = _list(document, "zones", ZONES, needed=True)
    ordered = sorted(enumerate(given), key=lambda each: (each[1].get("order") or 1e9, each[0]))
    zones = tuple(_zone(number, zone, pages) for number, zone in ordered)
    known = {zone.id for zone in zones}
    if len(known) < len(zones):
        raise invalid(ZONES, "zones", "has two zones with one id; give each its own")
    for zone in zones:
        if zone.continued_from is not None and zone.continued_from not in known:
            told = f"names {zone.continued_from!r} as continued_from, which is no zone"
            raise invalid(ZONES, f"zone {zone.id!r}", told)
    return Zones(tuple(pages.values()), zones)


def _pages(document: Mapping[str, Any]) -> list[Page]:
    return [_page(page, ZONES) for page in _list(document, "pages", ZONES, needed=True)]


def _page(given: Mapping[str, Any], what: str) -> Page:
    number, width, height = (given.get(name) for name in ("number", "width", "height"))
    if not isinstance(number, int) or not (_positive(width) and _positive(height)):
        raise invalid(what, "a page", "lacks its number, width or height")
    size = Page(number, float(width or 0), float(height or 0), str(given.get("unit", "pt")))
    return Page(
        size.number,
        size.width,
        size.height,
        size.unit,
        str(given.get("source", "text")),
        tuple(_lines(given, size, what)),
        tuple(_box(box, size, what) for box in given.get("rules") or ()),
        tuple(_box(box, size, what) for box in given.get("pictures") or ()),
        tuple(_table(table, size, what) for table in given.get("tables") or ()),
        given["turned"] if given.get("turned") in TURNS else 0,
    )


def _table(given: Mapping[str, Any], page: Page, what: str) -> Table:
    return Table(tuple(_cells(given, page, what)), _box(given.get("box"), page, what))


def _zone(number: int, given: Mapping[str, Any], pages: Mapping[int, Page]) -> Zone:
    where = f"zone {given.get('id') or number + 1!r}"
    kind, page = given.get("type", TEXT), pages.get(given.get("page", 1))
    if kind not in (TEXT, TABLE, IMAGE, MATH):
        raise invalid(ZONES, where, f"has the type {kind!r}; use text, table, image or math")
    if page is None:
        raise invalid(ZONES, where, f"names page {given.get('page')!r}, which is not there")
    box = _box(given.get("box", WHOLE), page, ZONES)
    lines = tuple(_lines(given, page, ZONES))
    if kind != TABLE:
        lines = _as_written(given.get("text"), lines, box)
    return Zone(
        id=str(given.get("id") or f"z{number + 1}"),
        type=kind,
        page=page.number,
        box=box,
        lines=lines,
        cells=tuple(_cells(given, page, ZONES)),
        confidence=float(given.get("confidence", 1.0)),
        continued_from=given.get("continued_from"),
        role=str(given.get("role") or ""),
    )


def _cells(given: Mapping[str, Any], page: Page, what: str) -> list[Cell]:
    cells = []
    for place, row in enumerate(_list(given, "rows", what), 1):
        number = int(row.get("row", place))
        for column, cell in enumerate(_list(row, "cells", what), 1):
            box = _box(cell["box"], page, what) if cell.get("box") else None
            lines = _as_written(cell.get("text"), tuple(_lines(cell, page, what)), box)
            cells.append(
                Cell(
                    number,
                    int(cell.get("column", column)),
                    lines,
                    max(1, int(cell.get("rowspan", 1))),
                    max(1, int(cell.get("colspan", 1))),
                    box,
                    bool(cell.get("header")),
                )
            )
    return cells


def _lines(given: Mapping[str, Any], page: Page, what: str) -> list[Line]:
    return [line for each in _list(given, "lines", what) if (line := _line(each, page, what))]


def _line(given: Mapping[str, Any], page: Page, what: str) -> Line | None:
    words = [
        Word(
            str(word.get("text", "")),
            _box(word.get("box"), page, what),
            word.get("confidence"),
            bool(word.get("bold")),
        )
        for word in _list(given, "words", what)
    ]
    style = Style(
        str(given.get("font") or ""),
        float(given.get("size") or 0.0),
        bool(given.get("bold")),
        bool(given.get("italic")),
    )
    text = given.get("text")
    if text is not None and str(text).split() != [part for w in words for part in w.text.split()]:
        box = _box(given["box"], page, what) if given.get("box") else None
        place = box or (around([word.box for word in words]) if words else _whole(page))
        words = spread(str(text), place, given.get("confidence"))
    return line_of(words, style) if words else None


def _as_written(text: object, lines: tuple[Line, ...], box: Box | None) -> tuple[Line, ...]:
    """The lines, unless a person wrote another text."""
    if not isinstance(text, str):
        return lines
    if text.split() == [part for line in lines for part in line.text.split()]:
        return lines
    place = box or (around([line.box for line in lines]) if lines else Box(0, 0, 1, 1))
    rows = [row for row in text.split("\n") if row.strip()]
    high = place.height / max(1, len(rows))
    made = []
    for number, row in enumerate(rows):
        top = place.y0 + number * high
        words = spread(row, Box(place.x0, top, place.x1, top + high), None)
        made.append(line_of(words, lines[0].style if lines else Style()))
    return tuple(made)


def spread(text: str, box: Box, confidence: float | None) -> list[Word]:
    """The words of a text, each where it stands in a box if all letters are as wide."""
    parts = text.split()
    step = box.width / max(1, len(" ".join(parts)))
    words, at = [], box.x0
    for part in parts:
        end = at + len(part) * step
        words.append(Word(part, Box(at, box.y0, end, box.y1), confidence))
        at = end + step
    return words


def _whole(page: Page) -> Box:
    return Box(0.0, 0.0, page.width, page.height)


def _box(given: object, page: Page, what: str) -> Box:
    if not isinstance(given, Sequence) or len(given) != 4:
        raise invalid(what, f"a box on page {page.number}", f"is {given!r}, not four numbers")
    try:
        x0, y0, x1, y1 = (float(value) for value in given)
    except (TypeError, ValueError):
        raise invalid(what, f"a box on page {page.number}", f"is {given!r}") from None
    return Box(x0 * page.width, y0 * page.height, x1 * page.width, y1 * page.height)


def _list(
    given: Mapping[str, Any], key: str, what: str, *, needed: bool = False
) -> Sequence[Mapping[str, Any]]:
    found = given.get(key)
    if found is None and not needed:
        return ()
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise invalid(what, f"`{key}`", "is missing or no list of objects")
    return found


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
