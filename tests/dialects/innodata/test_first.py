"""A document goes through a whole job, by the documentation's curl."""

from pathlib import Path

import pytest

from tests.dialects.innodata.curl import Curl
from tests.dialects.innodata.people import PASSWORD, People, email_of

INVOICE = "Invoice no.: 4711\nDate: 2026-03-01\nTotal: 12.50\n"
TAXONOMY = """{"name": "acme-invoices.json", "datapoints": [
  {"key": "invoice.number", "label": "Invoice no."},
  {"key": "invoice.total", "label": "Total"},
  {"key": "invoice.vat", "label": "VAT"}]}"""


@pytest.fixture(scope="module")
def invoice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("files") / "invoice.txt"
    file.write_text(INVOICE)
    return file


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory: pytest.TempPathFactory, people: People) -> str:
    file = tmp_path_factory.mktemp("files") / "acme-invoices.json"
    file.write_text(TAXONOMY)
    people.curl("ana").upload(file, "application/json")
    return file.name


def test_a_document_becomes_xml_by_way_of_curl(
    people: People, invoice: Path, taxonomy: str
) -> None:
    ana = people.curl("ana", test=True)
    uploaded = ana.upload(invoice)
    assert uploaded["owner"] == {"id": people.ids["ana"], "email": email_of("ana"), "name": "ana"}
    assert (uploaded["size"], uploaded["type"]) == (len(INVOICE), "text/plain")
    assert uploaded["contents_uri"] == f"{people.url}/v1.1/documents/{uploaded['id']}/contents"
    body = {
        "type": "data-point-extraction",
        "contents": [{"role": "input", "uri": uploaded["contents_uri"]}],
        "mapping": {"taxonomy": taxonomy},
        "client_reference": {"batch": [1, None, True]},
    }
    answer = ana("POST", "/jobs", body=body)
    assert answer.status == 201, answer.body
    job = answer.response
    assert job["status"] == "running"
    assert job["metadata"] == {
        "mapping": {"taxonomy": taxonomy},
        "client_reference": {"batch": [1, None, True]},
    }
    done = ana.until(job["id"])
    assert done["status"] == "completed", done
    assert done["progress"]["current"] == done["progress"]["total"] > 0
    output = ana("GET", done["output_content"]["uri"])
    assert output.type.startswith("application/xml")
    assert b">4711</datapoint>" in output.body
    contents = {each["role"]: each for each in done["contents"]}
    assert contents.keys() >= {
        "input",
        "output",
        "mapping-taxonomy-json",
        "page-image",
        "text-json",
    }
    for each in done["contents"]:
        got = ana("GET", each["uri"])
        assert got.status == 200, (each, got.body)
        assert each["size"] in (None, len(got.body)), each
    assert ana("GET", contents["mapping-taxonomy-json"]["uri"]).json["name"] == taxonomy


def test_the_key_is_sent_twice_by_some_clients(people: People) -> None:
    key = people.live["ana"]
    assert Curl(people.url, f"{key}:{key}").get("/users/me")["email"] == email_of("ana")


def test_a_later_sign_in_tells_the_same_keys(people: People) -> None:
    body = {
        "authentication_method": "password",
        "Username": email_of("ana"),
        "password": PASSWORD,
        "request_root": True,
    }
    found = Curl(people.url)("POST", "/users/login", body=body).response
    assert found["api_keys"] == {"live": people.live["ana"], "test": people.test["ana"]}
