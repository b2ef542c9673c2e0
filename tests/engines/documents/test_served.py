"""An invoice through a job on a real server: read, zones, points, Innodom XML."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.engines.documents.chain import taxonomy
from tests.engines.documents.making.known import WRITERS
from tests.engines.documents.making.made import INVOICE, Made
from tests.running import Running, running

XSD = Path(__file__).parents[3] / "src/jobmill_engines/document_writer/innodom.xsd"
NAMES = {"i": "http://innodatalabs.com/innodom"}
TERMS = {"terms": [{"label": "delivery"}, {"label": "insurance"}, {"label": "steel beam"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("documents")) as made:
        yield made


@pytest.fixture(scope="module")
def invoice() -> Made:
    return WRITERS[0].make(3)


def graph(middle: dict[str, Any]) -> dict[str, Any]:
    tasks = [
        {"name": "read", "engine": "document-reader", "params": {"page_image_height": 400}},
        {"name": "zones", "engine": "document-zones"},
        middle,
        {"name": "write", "engine": "document-writer"},
    ]
    routes = [
        {"from": "read", "to": "zones"},
        {"from": "zones", "to": middle["name"]},
        {"from": middle["name"], "to": "write"},
        {"from": "zones", "to": "write.zones"},
    ]
    return {"tasks": tasks, "routes": routes}


def submit(server: Running, made: Made, **body: Any) -> dict[str, Any]:
    headers = {"X-Name": "invoice.pdf"}
    asset = server.client.post("/api/v1/assets", content=made.data, headers=headers).json()
    answer = server.client.post("/api/v1/jobs", json={"input": {"asset": asset["id"]}, **body})
    assert answer.status_code == 201, answer.text
    job = answer.json()
    ended = server.finish(job)
    assert ended["state"] == "completed", ended["reason"]
    return ended


def parts(server: Running, job: dict[str, Any], task: str) -> dict[str, bytes]:
    """The bytes by port."""
    listed = server.client.get(f"/api/v1/jobs/{job['id']}/tasks/{task}/parts").json()["items"]
    return {each["port"]: server.client.get(each["content"]).content for each in listed}


def test_an_invoice_becomes_innodom_that_is_valid_and_json(server: Running, invoice: Made) -> None:
    points = {"name": "points", "engine": "data-points", "params": {"taxonomy": taxonomy(INVOICE)}}
    job = submit(server, invoice, **graph(points))
    written = parts(server, job, "write")
    document = etree.fromstring(written["innodom"])
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)
    found = {each.get("key"): each for each in document.iterfind(".//i:datapoint", NAMES)}
    assert found["invoice.number"].text == invoice.expected["invoice.number"]
    cell = document.xpath("//*[@id=$id]", id=found["line.1.description"].get("idref"))[0]
    assert "".join(cell.itertext()) == invoice.expected["line.1.description"]
    data = json.loads(written["json"])["data"]
    assert data["total"]["amount"] == str(invoice.expected["total"])
    assert [row["quantity"] for row in data["line"]] == [
        value for key, value in invoice.expected.items() if key.endswith("quantity")
    ]
    assert set(parts(server, job, "read")) >= {"out", "pages"}


def test_an_invoice_is_indexed_with_terms(server: Running, invoice: Made) -> None:
    terms = {"name": "terms", "engine": "document-terms", "params": {"taxonomy": TERMS}}
    written = parts(server, submit(server, invoice, **graph(terms)), "write")
    goods = [v.lower() for k, v in invoice.expected.items() if k.endswith("description")]
    there = {each["label"] for each in TERMS["terms"] if any(each["label"] in g for g in goods)}
    found = {each["label"] for each in json.loads(written["json"])["terms"]}
    assert found == there
    etree.XMLSchema(etree.parse(XSD)).assertValid(etree.fromstring(written["innodom"]))


def test_a_conversion_needs_no_taxonomy(server: Running, invoice: Made) -> None:
    tasks = [
        {"name": "read", "engine": "document-reader"},
        {"name": "zones", "engine": "document-zones"},
        {"name": "write", "engine": "document-writer"},
    ]
    routes = [{"from": "read", "to": "zones"}, {"from": "zones", "to": "write"}]
    written = parts(server, submit(server, invoice, tasks=tasks, routes=routes), "write")
    document = etree.fromstring(written["innodom"])
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)
    assert document.find(".//i:table", NAMES) is not None


def test_the_built_in_pipeline_runs_through_when_nobody_is_to_be_asked(
    server: Running, invoice: Made
) -> None:
    params = {
        "points": {"taxonomy": taxonomy(INVOICE)},
        "zoning": {"threshold": 0},
        "mapping": {"threshold": 0},
    }
    job = submit(server, invoice, pipeline="data-point-extraction", params=params)
    data = json.loads(parts(server, job, "write")["json"])["data"]
    assert data["invoice"]["number"] == invoice.expected["invoice.number"]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"datapoints": [{"key": "1st"}]}, "taxonomy.datapoints.0.key"),
        ({"datapoints": [{"key": "a", "type": "sum"}]}, "taxonomy.datapoints.0.type"),
        ({"datapoints": [{"key": "a", "type": "table"}]}, "taxonomy.datapoints.0"),
        ({"name": "empty"}, "taxonomy"),
    ],
)
def test_a_wrong_taxonomy_is_refused_when_the_job_is_made(
    server: Running, given: dict[str, Any], place: str
) -> None:
    task = {"name": "points", "engine": "data-points", "params": {"taxonomy": given}}
    answer = server.client.post("/api/v1/jobs", json={"tasks": [task], "input": {"json": {}}})
    assert answer.status_code == 422
    assert place in answer.json()["detail"]
