"""coverage.toml, the schema and the documentation's page say the same."""

import tomllib
from pathlib import Path

from graphql import build_schema
from tools.dialect_page import page_of, tables_of

import jobmill
from jobmill.dialects.move import DIALECT
from jobmill.dialects.move.resolvers import ACTIONS, RESOLVERS
from jobmill.dialects.move.service import SDL

FILE = Path(jobmill.__file__).parent / "dialects" / "move" / "coverage.toml"
COVERAGE = tomllib.loads(FILE.read_text(encoding="utf-8"))
SCHEMA = build_schema(SDL.read_text(encoding="utf-8"))


def test_every_root_field_is_an_operation_and_does_something() -> None:
    served = {each["call"] for each in COVERAGE["operations"] if each["status"] != "absent"}
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    fields = {f"query {name}" for name in SCHEMA.query_type.fields}
    fields |= {f"mutation {name}" for name in SCHEMA.mutation_type.fields}
    assert {each for each in served if each.startswith(("query ", "mutation "))} == fields
    assert {each.split()[1] for each in fields} == ACTIONS.keys() | RESOLVERS["Query"].keys()


def test_every_route_is_an_operation() -> None:
    calls = {each["call"].split()[-1] for each in COVERAGE["operations"]}
    assert {route.path.rstrip("/") for route in DIALECT.routes} <= calls  # type: ignore[attr-defined]


def test_every_resolver_fills_a_field_and_every_field_of_a_row_is_filled() -> None:
    for kind, fields in RESOLVERS.items():
        known = SCHEMA.type_map[kind].fields  # type: ignore[attr-defined]
        assert fields.keys() <= known.keys(), kind
        if kind in ("Client", "File", "Job", "Take", "HumanVolume"):
            assert fields.keys() == known.keys(), kind


def test_every_line_is_complete() -> None:
    for operation in COVERAGE["operations"]:
        assert operation["status"] in {"full", "partial", "absent"}
        assert operation["source"] in {"doc", "inferred", "ours"}
        assert operation["note"]
    calls = [each["call"] for each in COVERAGE["operations"]]
    assert len(calls) == len(set(calls))
    for guess in COVERAGE["guesses"]:
        assert guess["subject"]
        assert guess["answer"]


def test_the_page_shows_the_tables() -> None:
    page = page_of("move").read_text(encoding="utf-8")
    assert tables_of(COVERAGE) in page, "run: python tools/dialect_page.py move"
