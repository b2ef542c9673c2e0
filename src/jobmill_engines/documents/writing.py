"""Layouts and zones as JSON: boxes as shares of the page, 0 to 1, pages from 1."""

from collections.abc import Iterable, Sequence
from typing import Any

from jobmill_engines.documents.model import Box, Cell, Line, Page, Style, Word, Zone, Zones, around

DIGITS = 5


def layout_json(pages: Iterable[Page]) -> dict[str, Any]:
    """A document of layout."""
    return {"pages": [_page(page) for page in pages]}


def zones_json(found: Zones, **more: Any) -> dict[str, Any]:
    """A document of zones; its `confidence` is that of the least sure zone."""
    sizes = {page.number: page for page in found.pages}
    zones = [_zone(zone, order, sizes[zone.page]) for order, zone in enumerate(found.zones, 1)]
    sure = min((zone.confidence for zone in found.zones), default=1.0)
    return {
        "pages": [_size(page) for page in found.pages],
        "zones": zones,
        "confidence": round(sure, 4),
        **more,
    }


def box_json(box: Box, page: Page) -> list[float]:
    """A box as [left, top, right, bottom] in shares of the page."""
    return [
        _share(box.x0, page.width),
        _share(box.y0, page.height),
        _share(box.x1, page.width),
        _share(box.y1, page.height),
    ]


def _share(value: float, whole: float) -> float:
    return round(min(1.0, max(0.0, value / whole)), DIGITS)


def _size(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": page.number,
        "width": round(page.width, 2),
        "height": round(page.height, 2),
        "unit": page.unit,
        "source": page.source,
    }
    return told | {"turned": page.turned} if page.turned else told


def _page(page: Page) -> dict[str, Any]:
    told = _size(page) | {"lines": [_line(line, page) for line in page.lines]}
    if page.rules:
        told["rules"] = [box_json(rule, page) for rule in page.rules]
    if page.pictures:
        told["pictures"] = [box_json(picture, page) for picture in page.pictures]
    if page.tables:
        told["tables"] = [
            {"box": box_json(table.box, page), "rows": _rows(table.cells, page)}
            for table in page.tables
        ]
    return told


def _line(line: Line, page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": line.text,
        "box": box_json(line.box, page),
        **_style(line.style),
        "words": [_word(word, page) for word in line.words],
    }
    if (sure := line.confidence) is not None:
        told["confidence"] = round(sure, 4)
    return told


def _style(style: Style) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if style.font:
        told["font"] = style.font
    if style.size:
        told["size"] = round(style.size, 2)
    if style.bold:
        told["bold"] = True
    if style.italic:
        told["italic"] = True
    return told


def _word(word: Word, page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {"text": word.text, "box": box_json(word.box, page)}
    if word.confidence is not None:
        told["confidence"] = round(word.confidence, 4)
    if word.bold:
        told["bold"] = True
    return told


def _zone(zone: Zone, order: int, page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": zone.id,
        "type": zone.type,
        "page": zone.page,
        "box": box_json(zone.box, page),
        "order": order,
        "confidence": round(zone.confidence, 4),
        "text": zone.text,
    }
    if zone.role:
        told["role"] = zone.role
    if zone.continued_from:
        told["continued_from"] = zone.continued_from
    if zone.lines:
        told["lines"] = [_line(line, page) for line in zone.lines]
    if zone.cells:
        told["rows"] = _rows(zone.cells, page)
    return told


def _rows(cells: Sequence[Cell], page: Page) -> list[dict[str, Any]]:
    rows: dict[int, list[dict[str, Any]]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(_cell(cell, page))
    return [{"row": number, "cells": made} for number, made in rows.items()]


def _cell(cell: Cell, page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {"column": cell.column, "text": cell.text}
    if cell.rowspan > 1:
        told["rowspan"] = cell.rowspan
    if cell.colspan > 1:
        told["colspan"] = cell.colspan
    if cell.header:
        told["header"] = True
    box = cell.box or (around([line.box for line in cell.lines]) if cell.lines else None)
    if box:
        told["box"] = box_json(box, page)
    if cell.lines:
        told["lines"] = [_line(line, page) for line in cell.lines]
    return told
