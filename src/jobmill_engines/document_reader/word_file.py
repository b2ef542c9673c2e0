"""DOCX: paragraphs, tables with merged cells, headers and footers, in order, as a flow."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import Element

from jobmill_engine import InputRejected
from jobmill_engines.document_reader.archives import Archive
from jobmill_engines.document_reader.flow import Flow, FlowCell, Row, Run
from jobmill_engines.document_reader.safe_xml import parse_xml

_MAIN = "word/document.xml"
_MARGINS = re.compile(r"word/(header|footer)\d*\.xml")
_POINT = 12_700
"""English metric units of a point."""
_SKIPPED = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr"))
_OFF = frozenset(("0", "false", "off", "none"))


def read_word_file(path: Path, called: str, flow: Flow) -> None:
    """Put all that the file shows into a flow. Raises InputRejected and LimitReached."""
    with closing(Archive(path, called)) as archive:
        if _MAIN not in archive.names:
            told = f"The archive {called} is no Word document: it has no {_MAIN}"
            raise InputRejected("not_a_document", f"{told}.")
        body = parse_xml(archive.read(_MAIN), _MAIN)
        parts = sorted(name for name in archive.names if _MARGINS.fullmatch(name))
        margins = {name: parse_xml(archive.read(name), name) for name in parts}
    seen: set[str] = set()
    for name, root in margins.items():
        if "header" in name and _fresh(root, seen):
            _blocks(root, flow)
    for each in body:
        if _name(each) == "body":
            _blocks(each, flow)
    for name, root in margins.items():
        if "footer" in name and _fresh(root, seen):
            _blocks(root, flow)


def _fresh(root: Element, seen: set[str]) -> bool:
    """Whether nothing with the same text was there before."""
    text = "".join(root.itertext()).strip()
    if not text or text in seen:
        return False
    seen.add(text)
    return True


def _blocks(parent: Element, flow: Flow) -> None:
    for child in parent:
        name = _name(child)
        if name == "p":
            _paragraph(child, flow)
        elif name == "tbl":
            flow.table(_rows(child))
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            _blocks(child, flow)


def _paragraph(element: Element, flow: Flow) -> None:
    runs: list[Run] = []
    for run in _runs(element):
        if run.text == "\f":
            flow.paragraph(runs, _level(element))
            flow.page_break()
            runs = []
        else:
            runs.append(run)
    flow.paragraph(runs, _level(element))
    for drawing in element.iter():
        if _name(drawing) == "extent" and "cx" in drawing.attrib:
            width, height = (_whole(drawing.get(side)) / _POINT for side in ("cx", "cy"))
            flow.picture(width, height)
        elif _name(drawing) == "txbxContent" and _chosen(element, drawing):
            _blocks(drawing, flow)


def _chosen(paragraph: Element, box: Element) -> bool:
    """Text boxes stand twice in a file, once for old programs."""
    return not any(
        box is inner
        for fallback in paragraph.iter()
        if _name(fallback) == "Fallback"
        for inner in fallback.iter()
    )


def _level(paragraph: Element) -> int:
    for style in paragraph.iter():
        if _name(style) == "pStyle":
            found = re.fullmatch(r"(?i)(?:heading|berschrift|titre)\s?(\d)", _value(style))
            if found:
                return max(1, int(found[1]))
            return 1 if _value(style).lower() == "title" else 0
        if _name(style) == "r":
            break
    return 0


def _runs(element: Element, *, bold: bool = False, italic: bool = False) -> Iterator[Run]:
    """The text of an element in order. Text boxes are left out: they are blocks."""
    for child in element:
        name = _name(child)
        if name in _SKIPPED or name in ("txbxContent", "drawing", "pict", "AlternateContent"):
            continue
        if name == "r":
            heavy, slanted = _face(child)
            yield from _runs(child, bold=heavy, italic=slanted)
        elif name == "t":
            yield Run(child.text or "", bold, italic)
        elif name in ("tab", "ptab"):
            yield Run("\t", bold, italic)
        elif name == "br" or name == "cr":
            kind = next((v for k, v in child.attrib.items() if k.endswith("}type")), "")
            yield Run("\f" if kind == "page" else "\n", bold, italic)
        elif name == "noBreakHyphen":
            yield Run("-", bold, italic)
        else:
            yield from _runs(child, bold=bold, italic=italic)


def _face(run: Element) -> tuple[bool, bool]:
    bold = italic = False
    for properties in run:
        if _name(properties) == "rPr":
            for each in properties:
                on = _value(each).lower() not in _OFF
                bold = on if _name(each) == "b" else bold
                italic = on if _name(each) == "i" else italic
    return bold, italic


def _rows(table: Element) -> list[Row]:
    rows: list[Row] = []
    open_cells: dict[int, FlowCell] = {}
    for element in _children(table, "tr"):
        row: Row = []
        column = 0
        for each in _children(element, "tc"):
            span, merge = _spans(each)
            above = open_cells.get(column)
            if merge == "continue" and above is not None:
                above.rowspan += 1
            else:
                cell = FlowCell(list(_cell_paragraphs(each)), colspan=span)
                row.append(cell)
                if merge == "restart":
                    open_cells[column] = cell
                else:
                    open_cells.pop(column, None)
            column += span
        rows.append(row)
    return rows


def _children(parent: Element, wanted: str) -> Iterator[Element]:
    for child in parent:
        if _name(child) == wanted:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(child, wanted)


def _spans(cell: Element) -> tuple[int, str]:
    span, merge = 1, ""
    for properties in cell:
        if _name(properties) == "tcPr":
            for each in properties:
                if _name(each) == "gridSpan":
                    span = max(1, _whole(_value(each)))
                elif _name(each) == "vMerge":
                    merge = _value(each) or "continue"
    return span, merge


def _cell_paragraphs(cell: Element) -> Iterator[list[Run]]:
    """Those of a cell; of a table inside it, each row is one."""
    for child in cell:
        if _name(child) == "p":
            runs = [run for run in _runs(child) if run.text != "\f"]
            if runs:
                yield runs
        elif _name(child) == "tbl":
            for row in _rows(child):
                yield [
                    Run(run.text.replace("\n", " ") + " ", run.bold, run.italic)
                    for each in row
                    for runs in each.paragraphs
                    for run in runs
                ]
        elif _name(child) in ("sdt", "sdtContent"):
            yield from _cell_paragraphs(child)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Element) -> str:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == "val":
            return str(value)
    return ""


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,12}", text) else 0
