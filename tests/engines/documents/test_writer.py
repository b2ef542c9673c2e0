"""The writer: XML that is valid whatever people wrote, values as a tree, what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from jobmill_engine import InputRejected, Task
from jobmill_engine.protocol import InputFile, Message, Output, Run
from jobmill_engines.document_writer.engine import DocumentWriter

XSD = Path(__file__).parents[3] / "src/jobmill_engines/document_writer/innodom.xsd"
INNO = "{http://innodatalabs.com/innodom}"
PAGES = [{"number": 1, "width": 595.2, "height": 842, "unit": "pt"}]
CELL = {"column": 1, "text": "a & <b>", "rowspan": 2, "box": [0.1, 0.1, 0.2, 0.2]}


def write(folder: Path, *documents: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """(root of the XML, the JSON)."""
    files = []
    for number, document in enumerate(documents):
        path = folder / f"given-{number}.json"
        path.write_text(json.dumps(document))
        files.append(InputFile("in", str(path), "application/json", path.name, number, {}))
    sent: list[Message] = []
    DocumentWriter().run(Task(Run("a", (), {}, tuple(files), str(folder), "whole"), sent.append))
    parts = {each.port: (folder / each.path) for each in sent if isinstance(each, Output)}
    root = etree.parse(parts["innodom"]).getroot()
    etree.XMLSchema(etree.parse(XSD)).assertValid(root)
    return root, json.loads(parts["json"].read_bytes())


def zones(*given: dict[str, Any]) -> dict[str, Any]:
    return {"pages": PAGES, "zones": list(given)}


def test_whatever_people_wrote_the_xml_is_valid(tmp_path: Path) -> None:
    text = "line one \x00\x0b < > & \" ' \ud83d\ude00\nline\ttwo"
    root, _ = write(
        tmp_path,
        zones(
            {"id": "1 strange/id", "type": "text", "page": 1, "text": text},
            {"id": "1_strange_id", "type": "math", "page": 1, "text": "x = y"},
            {"id": "empty", "type": "table", "page": 1},
            {"id": "t", "type": "table", "page": 1, "rows": [{"row": 1, "cells": [CELL]}]},
            {"id": "i", "type": "image", "page": 1, "continued_from": "t"},
        ),
        {"points": [{"key": "a", "value": text, "confidence": 3}, {"key": "b", "value": None}]},
    )
    found = [each.tag.removeprefix(INNO) for each in root.find(f"{INNO}content")]
    assert found == ["text", "math", "table", "table", "image"]
    cell = root.findall(f".//{INNO}td")[1]
    assert (cell.text, cell.get("rowspan"), cell.get("bbox")) == (
        "a & <b>",
        "2",
        "59.52 84.2 119.04 168.4",
    )


def test_a_point_refers_to_the_cell_or_the_zone_that_it_stands_in(tmp_path: Path) -> None:
    table = {"id": "t", "type": "table", "page": 1, "rows": [{"row": 1, "cells": [CELL]}]}
    points = [
        {"key": "cell", "value": 1, "zone": "t", "cell": [1, 1]},
        {"key": "zone", "value": 2, "zone": "t", "cell": [9, 9]},
        {"key": "nowhere", "value": 3, "zone": "gone"},
    ]
    root, _ = write(tmp_path, zones(table), {"points": points})
    refs = {each.get("key"): each.get("idref") for each in root.iter(f"{INNO}datapoint")}
    assert refs == {"cell": "t-1-1", "zone": "t", "nowhere": None}


def test_values_are_a_tree_by_their_keys(tmp_path: Path) -> None:
    told = {
        "invoice.number": "A-1",
        "total": {"amount": "5.00", "currency": "EUR"},
        "line.1.name": "b",
        "line.2.name": "c",
        "line.10.name": "d",
        "total.note": "odd",
    }
    points = [{"key": key, "value": value} for key, value in told.items()]
    root, whole = write(tmp_path, zones(), {"points": points})
    assert whole["data"] == {
        "invoice": {"number": "A-1"},
        "total": {"": told["total"], "note": "odd"},
        "line": [{"name": "b"}, {"name": "c"}, {"name": "d"}],
    }
    assert [each.text for each in root.iter(f"{INNO}datapoint")][1] == "5.00 EUR"


def test_terms_are_numbered_keywords(tmp_path: Path) -> None:
    terms = [
        {"label": "heat pump", "confidence": 0.9, "places": [{"zone": "z"}]},
        {"key": "k", "label": "x"},
    ]
    zone = {"id": "z", "type": "text", "page": 1, "text": "Heat pumps"}
    root, whole = write(tmp_path, zones(zone), {"terms": terms, "taxonomy": "t"})
    found = [(each.get("key"), each.text) for each in root.iter(f"{INNO}datapoint")]
    assert found == [("keyword.1", "heat pump"), ("keyword.2", "x")]
    assert whole["taxonomy"] == "t"


@pytest.mark.parametrize(
    ("documents", "why"),
    [
        ([{"points": []}], "no document of zones"),
        ([{"layout": 1}], "neither zones nor points nor terms"),
        ([zones(), zones({"id": "a", "page": 1, "text": "x"})], "two documents of zones"),
        ([zones(), {"points": [{"key": "a"}]}], "lacks its key or value"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, documents: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(InputRejected, match=why):
        write(tmp_path, *documents)
