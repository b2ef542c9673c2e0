"""Innodom XML, written piece by piece. Pure; its schema is `innodom.xsd`."""

import re
from collections.abc import Iterable, Iterator, Sequence

from jobmill_engines.document_writer.facts import Fact, as_text
from jobmill_engines.documents.model import TABLE, Box, Cell, Line, Page, Zone, Zones

NAMESPACE = "http://innodatalabs.com/innodom"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^\w.-]", re.ASCII)


def innodom(zones: Zones, facts: Sequence[Fact]) -> bytes:
    """The whole document in UTF-8."""
    return "".join(_dom(zones, facts)).encode("utf-8")


def _dom(zones: Zones, facts: Sequence[Fact]) -> Iterator[str]:
    pages = {page.number: page for page in zones.pages}
    ids = _ids(zones)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<inno:dom xmlns:inno="{NAMESPACE}">\n<inno:meta>\n'
    for fact in facts:
        yield _datapoint(fact, ids)
    yield "</inno:meta>\n<inno:content>\n"
    for zone in zones.zones:
        yield from _zone(zone, pages[zone.page], ids)
    yield "</inno:content>\n</inno:dom>\n"


def _ids(zones: Zones) -> dict[tuple[str, tuple[int, int] | None], str]:
    """XML's ids of zones and cells, each once."""
    used: set[str] = set()
    found: dict[tuple[str, tuple[int, int] | None], str] = {}
    for zone in zones.zones:
        found[zone.id, None] = base = _fresh(zone.id, used)
        for cell in zone.cells:
            name = _fresh(f"{base}-{cell.row}-{cell.column}", used)
            found[zone.id, (cell.row, cell.column)] = name
    return found


def _fresh(wanted: str, used: set[str]) -> str:
    name = _NAME.sub("_", wanted)
    name = name if re.match(r"[A-Za-z_]", name) else f"_{name}"
    while name in used:
        name += "_"
    used.add(name)
    return name


def _datapoint(fact: Fact, ids: dict[tuple[str, tuple[int, int] | None], str]) -> str:
    place = ids.get((fact.zone or "", fact.cell)) or ids.get((fact.zone or "", None))
    known = {
        "key": fact.key,
        "confidence": None if fact.confidence is None else _number(fact.confidence, 4),
        "idref": place,
    }
    return _tag("datapoint", known, _text(as_text(fact.value))) + "\n"


def _zone(
    zone: Zone, page: Page, ids: dict[tuple[str, tuple[int, int] | None], str]
) -> Iterator[str]:
    before = ids.get((zone.continued_from or "", None))
    attributes = {"id": ids[zone.id, None], "type": zone.role or None, "continued-from": before}
    if zone.type == TABLE and not zone.cells:
        body = _tag("tr", {"row": "1"}, _tag("td", {"col": "1"}, ""))
    elif zone.type == TABLE:
        body = "".join(_rows(zone, ids))
    else:
        body = _rich(zone.lines)
    place = {
        "page": str(page.number),
        "page-width": str(max(1, round(page.width))),
        "page-height": str(max(1, round(page.height))),
        **_sides(zone.box),
        "ocr-confidence": _read(zone.lines or [line for c in zone.cells for line in c.lines]),
    }
    yield _tag(zone.type, attributes, _tag("block", place, body)) + "\n"


def _rows(zone: Zone, ids: dict[tuple[str, tuple[int, int] | None], str]) -> Iterator[str]:
    rows: dict[int, list[Cell]] = {}
    for cell in zone.cells:
        rows.setdefault(cell.row, []).append(cell)
    for number in sorted(rows):
        cells = sorted(rows[number], key=lambda cell: cell.column)
        made = (_cell(cell, ids[zone.id, (cell.row, cell.column)]) for cell in cells)
        yield "\n" + _tag("tr", {"row": str(number)}, "".join(made))


def _cell(cell: Cell, name: str) -> str:
    attributes = {
        "id": name,
        "col": str(cell.column),
        "colspan": str(cell.colspan) if cell.colspan > 1 else None,
        "rowspan": str(cell.rowspan) if cell.rowspan > 1 else None,
        "cell-type": "header" if cell.header else None,
        "ocr-confidence": _read(cell.lines),
    }
    if cell.box:
        attributes |= {"bbox": _bbox(cell.box), **_sides(cell.box)}
    return _tag("td", attributes, _rich(cell.lines))


def _rich(lines: Iterable[Line]) -> str:
    return "<inno:br/>".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    """Bold and italic words in a row are one element."""
    made, run, bold = list[str](), list[str](), False
    for word in line.words:
        heavy = word.bold or line.style.bold
        if run and heavy != bold:
            made.append(_styled(" ".join(run), bold=bold))
            run = []
        bold = heavy
        run.append(word.text)
    made.append(_styled(" ".join(run), bold=bold))
    text = " ".join(made)
    return _tag("i", {}, text) if line.style.italic else text


def _styled(text: str, *, bold: bool) -> str:
    return _tag("b", {}, _text(text)) if bold else _text(text)


def _read(lines: Iterable[Line]) -> str | None:
    known = [line.confidence for line in lines if line.confidence is not None]
    return _number(min(1.0, max(0.0, min(known))), 4) if known else None


def _sides(box: Box) -> dict[str, str]:
    names = ("x-min", "y-min", "x-max", "y-max")
    return {name: _number(value, 2) for name, value in zip(names, box, strict=True)}


def _bbox(box: Box) -> str:
    return " ".join(_number(max(0.0, value), 2) for value in box)


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"


def _tag(name: str, attributes: dict[str, str | None], body: str) -> str:
    told = "".join(
        f' {n}="{_text(v, quoted=True)}"' for n, v in attributes.items() if v is not None
    )
    return f"<inno:{name}{told}>{body}</inno:{name}>" if body else f"<inno:{name}{told}/>"


def _text(text: str, *, quoted: bool = False) -> str:
    """Escaped; what XML cannot hold becomes the sign for an unknown character."""
    text = _FORBIDDEN.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quoted:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text.replace("\r", "&#13;")
