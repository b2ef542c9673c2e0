"""Zones: tables with spans, paragraphs in order, headers, formulas, what goes on over pages."""

from pathlib import Path
from typing import Any

from jobmill_engines.document_zones.engine import DocumentZones
from tests.engines.documents.chain import layout, step
from tests.engines.documents.making.known import grid
from tests.engines.documents.making.made import Made
from tests.engines.documents.making.pen import Pen


def zones(folder: Path, pen: Pen | bytes, media_type: str = "application/pdf") -> list[Any]:
    data = pen if isinstance(pen, bytes) else pen.pdf()
    made = Made("made", "report", data, media_type, {})
    return list(step(DocumentZones(), folder, layout(folder, made))["zones"])


def cells(zone: Any) -> list[list[str]]:
    return [[cell["text"] for cell in row["cells"]] for row in zone["rows"]]


def test_a_drawn_table_has_its_cells_and_spans(tmp_path: Path) -> None:
    pen = Pen()
    for x, y, wide, high, text in (
        (50, 50, 200, 20, "Title over two"),
        (250, 50, 100, 40, "Tall"),
        (50, 70, 100, 20, "Left"),
        (150, 70, 100, 20, "Right"),
        (50, 90, 100, 20, "1"),
        (150, 90, 100, 20, "2"),
        (250, 90, 100, 20, "3"),
    ):
        pen.box(x, y, wide, high)
        pen.text(x + 5, y + 5, text)
    (table,) = zones(tmp_path, pen)
    assert table["type"] == "table"
    assert cells(table) == [["Title over two", "Tall"], ["Left", "Right"], ["1", "2", "3"]]
    wide, tall = table["rows"][0]["cells"]
    assert (wide["colspan"], tall["rowspan"], tall["column"]) == (2, 2, 3)


def test_a_box_around_a_text_is_no_table(tmp_path: Path) -> None:
    pen = Pen()
    pen.box(50, 50, 300, 60)
    pen.text(60, 60, "A remark in a frame")
    assert [zone["type"] for zone in zones(tmp_path, pen)] == ["text"]


def test_rows_that_no_rule_parts_are_rows(tmp_path: Path) -> None:
    pen = Pen()
    for x in (50, 150, 250, 350):
        pen.line(x, 50, x, 130)
    for y in (50, 70, 130):
        pen.line(50, y, 350, y)
    for row, texts in enumerate((("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6"))):
        for column, text in enumerate(texts):
            pen.text(60 + 100 * column, 55 + 20 * row, text)
    (table,) = zones(tmp_path, pen)
    assert cells(table) == [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]]


def test_columns_that_stand_in_line_are_a_table_of_less_certainty(tmp_path: Path) -> None:
    pen = Pen()
    for row in range(4):
        for x, text in ((50, f"Name {row}"), (250, str(row)), (400, f"{row}.50")):
            pen.text(x, 50 + 18 * row, text)
    (table,) = zones(tmp_path, pen)
    assert [len(row) for row in cells(table)] == [3] * 4
    assert 0.5 < table["confidence"] < 0.95


def test_columns_of_prose_are_read_one_after_the_other(tmp_path: Path) -> None:
    pen = Pen()
    words = "one two three four five six seven eight nine ten eleven twelve " * 6
    for column, name in enumerate(("Alpha", "Beta")):
        pen.paragraph(50 + 260 * column, 100, 230, f"{name} begins. {words}{name} ends.")
    pen.text(50, 50, "A heading over both", 18, bold=True)
    found = zones(tmp_path, pen)
    text = "\n".join(zone["text"] for zone in found)
    marks = ("heading over", "Alpha begins", "Alpha ends", "Beta begins", "Beta ends")
    places = [text.replace("\n", " ").index(mark) for mark in marks]
    assert places == sorted(places)
    assert found[0]["role"] == "heading"
    assert {zone["type"] for zone in found} == {"text"}


def test_what_comes_again_at_the_edge_of_pages_is_no_content(tmp_path: Path) -> None:
    pen = Pen()
    for number in range(4):
        pen.text(50, 25, "Harbour Works Ltd")
        pen.text(50, 400, f"Something of page {number} that stands in the middle")
        pen.text(300, 815, f"Page {number + 1} of 4")
        pen.page()
    roles = [zone.get("role") for zone in zones(tmp_path, pen)]
    assert roles == ["header", None, "footer"] * 4


def test_a_table_and_a_sentence_go_on_over_pages(tmp_path: Path) -> None:
    pen = Pen()
    rows = [["Name", "Count"], ["a", "1"], ["b", "2"]]
    grid(pen, 50, 700, (200, 100), rows)
    pen.page()
    grid(pen, 50, 50, (200, 100), [["c", "3"], ["d", "4"]])
    pen.text(50, 600, "The last sentence of this page does not end but goes")
    pen.page()
    pen.text(50, 50, "on here, on the next one.")
    first, second, text, more = zones(tmp_path, pen)
    assert second["continued_from"] == first["id"]
    assert more["continued_from"] == text["id"]


def test_a_formula_is_known_by_its_signs(tmp_path: Path) -> None:
    page = "<p>Energy and mass:</p><p>E = m × c^2 ± ∂x / ∂t</p><p>That is all there is.</p>"
    found = zones(tmp_path, f"<html><body>{page}</body></html>".encode(), "text/html")
    assert [zone["type"] for zone in found] == ["text", "math", "text"]


def test_a_table_of_html_keeps_its_spans(tmp_path: Path) -> None:
    page = (
        b"<table><tr><th rowspan=2>Name<th colspan=2>Count<tr><td>old<td>new"
        b"<tr><td>a<td>1<td>2</table>"
    )
    (table,) = zones(tmp_path, b"<html><body>" + page, "text/html")
    assert cells(table) == [["Name", "Count"], ["old", "new"], ["a", "1", "2"]]
    name, count = table["rows"][0]["cells"]
    assert (name["rowspan"], count["colspan"], name["header"]) == (2, 2, True)
    assert table["rows"][1]["cells"][0]["column"] == 2
