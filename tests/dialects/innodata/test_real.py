"""The same jobs by the bundled engines: a document that they have never seen, with people."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import People, make_people
from tests.serving.processes import ServerProcess

INVOICE = """<html><body><h1>Invoice</h1><p>Invoice no.: INV-4711</p><p>Date: 2026-03-01</p>
<table><tr><th>Item</th><th>Qty</th><th>Amount</th></tr>
<tr><td>Bolt</td><td>2</td><td>4.00</td></tr><tr><td>Nut</td><td>3</td><td>8.50</td></tr></table>
<p>Total: 12.50 EUR</p></body></html>"""
TAXONOMY = {
    "name": "acme-invoices.json",
    "datapoints": [
        {"key": "invoice.number", "label": "Invoice no.", "type": "identifier", "required": True},
        {"key": "invoice.total", "label": "Total", "type": "money"},
        {"key": "invoice.vat", "label": "VAT", "type": "money"},
    ],
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with ServerProcess(tmp_path_factory.mktemp("real") / "data") as server:
        yield make_people(server)


@pytest.fixture(scope="module")
def document(people: People, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("files")
    (folder / "invoice.html").write_text(INVOICE)
    (folder / "acme-invoices.json").write_text(json.dumps(TAXONOMY))
    ana = people.curl("ana")
    ana.upload(folder / "acme-invoices.json", "application/json")
    uri: str = ana.upload(folder / "invoice.html", "text/html")["contents_uri"]
    return uri


def test_data_points_are_found_and_confirmed_by_people(people: People, document: str) -> None:
    ana = people.curl("ana")
    body = {
        "type": "data-point-extraction",
        "contents": [{"role": "input", "uri": document}],
        "mapping": {"taxonomy": "acme-invoices.json"},
    }
    job = ana.post("/jobs", body)["id"]
    for step in ("zoning", "mapping"):
        blocked = ana.until(job, "blocked", "failed")
        assert blocked["blocking_step"] == step, blocked
        ana.post(f"/jobs/{job}/checkout")
        if step == "mapping":
            points = ana("GET", f"/jobs/{job}/contents/mapping-json").json
            number = next(each for each in points["points"] if each["key"] == "invoice.number")
            assert number["value"] == "INV-4711"
            number["value"] = "INV-4712"
            ana("PUT", f"/jobs/{job}/contents/mapping-json", body=points)
        ana.post(f"/jobs/{job}/checkin")
    done = ana.until(job)
    assert done["status"] == "completed", done
    output = ana("GET", done["output_content"]["uri"])
    assert done["output_content"]["name"].endswith(".xml")
    assert b">INV-4712</inno:datapoint>" in output.body
    assert b">12.50 EUR</inno:datapoint>" in output.body
    assert b"vat" not in output.body, "a missing value is missing"


def test_keywords_are_found_and_edited_by_people(people: People, document: str) -> None:
    ana = people.curl("ana")
    taxonomy = {"terms": [{"label": "Bolt", "synonyms": ["Bolts"]}, {"label": "Washer"}]}
    body = {
        "type": "indexing",
        "contents": [{"uri": document}],
        "indexing": {"taxonomy": taxonomy},
        "zoning": {"high_confidence_threshold": 0},
    }
    job = ana.post("/jobs", body)["id"]
    assert ana.until(job, "blocked", "failed")["blocking_step"] == "indexing"
    ana.post(f"/jobs/{job}/checkout")
    terms = ana("GET", f"/jobs/{job}/contents/indexing-json").json
    assert [each["label"] for each in terms["terms"]] == ["Bolt"]
    terms["terms"].append({"key": "Washer", "label": "Washer", "confidence": 1})
    ana.post(f"/jobs/{job}/checkin", {"document": terms})
    done = ana.until(job)
    assert done["status"] == "completed", done
    output = ana("GET", done["output_content"]["uri"]).body
    assert b"Bolt</inno:datapoint>" in output
    assert b"Washer</inno:datapoint>" in output


@pytest.mark.parametrize("kind", ["doc2xml", "pdf2xml"])
def test_a_conversion_needs_nobody(people: People, document: str, kind: str) -> None:
    ana: Curl = people.curl("ana")
    fields = {"text-extraction": {"ocr": False}, "zoning.high_resolution_image_height": 512}
    job = ana.post("/jobs", {"type": kind, "contents": [{"uri": document}], **fields})["id"]
    done = ana.until(job)
    assert done["status"] == "completed", done
    assert b"Bolt" in ana("GET", done["output_content"]["uri"]).body


def test_a_taxonomy_that_does_not_validate_is_refused(people: People, document: str) -> None:
    wrong = {"datapoints": [{"key": "total", "type": "sum"}]}
    body = {"type": "data-point-extraction", "contents": [{"uri": document}]}
    answer = people.curl("ana")("POST", "/jobs", body={**body, "mapping.taxonomy": wrong})
    assert answer.status == 400
    assert answer.error["details"]["field"] == "mapping.taxonomy.datapoints.0.type"


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty.pdf", b""), ("broken.pdf", b"%PDF-1.7 and no more"), ("named.docx", b"not a zip")],
)
def test_a_document_that_cannot_be_read_fails_its_job_with_a_reason(
    people: People, tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    ana = people.curl("ana", test=True)
    answer = ana(
        "POST", "/documents", "-H", f"X-Name: {name}", "--data-binary", f"@{tmp_path / name}"
    )
    job = ana.post(
        "/jobs", {"type": "doc2xml", "contents": [{"uri": answer.response["contents_uri"]}]}
    )
    failed = ana.until(job["id"])
    assert (failed["status"], failed["error"]["step"]) == ("failed", "read")
    assert failed["error"]["code"] != "engine_raised"
    assert len(failed["error"]["message"]) > 10
