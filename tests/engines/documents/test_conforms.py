"""The engines as processes, and their documents against the schemas that are published."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tools.inline_schemas import HELD, inlined

from jobmill_engine.manifest import load_manifest
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.data_points.engine import DataPoints
from jobmill_engines.document_terms.engine import DocumentTerms
from jobmill_engines.document_zones.engine import DocumentZones
from tests.engines.documents.chain import TAXONOMIES, layout, step, taxonomy
from tests.engines.documents.making.known import WRITERS
from tests.engines.documents.making.made import INVOICE

ENGINES = Path(__file__).parents[3] / "src/jobmill_engines"
SCHEMAS = ENGINES / "documents"
TERMS = {
    "name": "goods",
    "terms": [{"label": "delivery", "broader": ["s"]}, {"key": "s", "label": "service"}],
}


def problems(schema: str, document: dict[str, Any]) -> list[str]:
    text = (SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8")
    return [error.message for error in Draft202012Validator(json.loads(text)).iter_errors(document)]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each engine makes of an invoice."""
    folder = tmp_path_factory.mktemp("documents")
    read = layout(folder, WRITERS[0].make(3))
    zones = step(DocumentZones(), folder, read)
    return {
        "layout": read,
        "zones": zones,
        "points": step(DataPoints(), folder, zones, {"taxonomy": taxonomy(INVOICE)}),
        "found_terms": step(DocumentTerms(), folder, zones, {"taxonomy": TERMS}),
    }


@pytest.mark.parametrize("name", ["layout", "zones", "points", "found_terms"])
def test_what_an_engine_gives_fits_its_schema(
    documents: dict[str, dict[str, Any]], name: str
) -> None:
    assert problems(name, documents[name]) == []
    assert problems(name, {"pages": 1, "zones": 1, "points": 1, "terms": 1})


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.schema.json")), ids=lambda file: file.name)
def test_every_schema_is_one(file: Path) -> None:
    Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", sorted(TAXONOMIES.glob("*.json")), ids=lambda file: file.stem)
def test_the_taxonomies_fit_their_schema(file: Path) -> None:
    assert problems("taxonomy", json.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(("engine", "table", "schema"), HELD)
def test_a_manifest_holds_the_schema_of_its_taxonomy(engine: str, table: str, schema: str) -> None:
    kept = (ENGINES / engine / "engine.toml").read_text(encoding="utf-8")
    assert kept == inlined(engine, table, schema), "run: python tools/inline_schemas.py"
    properties = load_manifest(ENGINES / engine).parameters["properties"]
    whole = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    assert properties["taxonomy"]["properties"] == whole["properties"]


def test_the_reader_conforms(tmp_path: Path) -> None:
    file = tmp_path / "invoice.pdf"
    file.write_bytes(WRITERS[0].make(3).data)
    assert_conforms(ENGINES / "document_reader", [Sample(file)])


@pytest.mark.parametrize(
    ("engine", "given", "parameters"),
    [
        ("document_zones", "layout", {}),
        ("data_points", "zones", {"taxonomy": {"datapoints": [{"key": "total"}]}}),
        ("document_terms", "zones", {"taxonomy": TERMS}),
        ("document_writer", "zones", {}),
    ],
)
def test_an_engine_conforms(
    tmp_path: Path,
    documents: dict[str, dict[str, Any]],
    engine: str,
    given: str,
    parameters: dict[str, Any],
) -> None:
    file = tmp_path / "given.json"
    file.write_text(json.dumps(documents[given]))
    assert_conforms(ENGINES / engine, [Sample(file, parameters=parameters)])
