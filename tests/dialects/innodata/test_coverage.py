"""coverage.toml, the routes and the documentation's page say the same."""

import re
import tomllib
from pathlib import Path

from tools.dialect_page import page_of, tables_of

import jobmill
from jobmill.dialects.innodata import DIALECT
from jobmill.dialects.innodata.routes import PREDICTIONS, TABLE

FILE = Path(jobmill.__file__).parent / "dialects" / "innodata" / "coverage.toml"
COVERAGE = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_every_route_is_an_operation() -> None:
    served = {each["call"] for each in COVERAGE["operations"] if each["status"] != "absent"}
    routes = {f"{method} {path}" for path, method, _ in TABLE}
    routes |= {f"{method} /v1{path}" for path, method, _ in PREDICTIONS}
    assert _bare(served) == _bare(routes)


def test_both_mounts_serve_the_same() -> None:
    (older,) = DIALECT.beside
    here = [(route.path, route.methods) for route in DIALECT.routes]  # type: ignore[attr-defined]
    there = [
        (route.path.replace("/v1/", "/v1.1/", 1), route.methods)  # type: ignore[attr-defined]
        for route in older.routes
    ]
    assert there[len(PREDICTIONS) :] == here


def test_every_line_is_complete() -> None:
    for operation in COVERAGE["operations"]:
        assert operation["status"] in {"full", "partial", "absent"}
        assert operation["source"] in {"doc", "seen", "inferred", "ours"}
        assert operation["call"]
        assert operation["note"]
    for guess in COVERAGE["guesses"]:
        assert guess["subject"]
        assert guess["answer"]


def test_the_page_shows_the_tables() -> None:
    page = page_of("innodata").read_text(encoding="utf-8")
    assert tables_of(COVERAGE) in page, "run: python tools/dialect_page.py innodata"


def _bare(calls: set[str]) -> set[str]:
    return {re.sub(r"\{[\w:]+\}", "{}", each) for each in calls}
