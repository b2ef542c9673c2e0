"""coverage.toml, the routes and the documentation's page say the same."""

import re
import tomllib
from pathlib import Path

from starlette.routing import Route
from tools.dialect_page import page_of, tables_of

import jobmill
from jobmill.dialects.superai import DIALECT

FILE = Path(jobmill.__file__).parent / "dialects" / "superai" / "coverage.toml"
COVERAGE = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_every_route_is_an_operation() -> None:
    served = {each["call"] for each in COVERAGE["operations"] if each["status"] != "absent"}
    routes = {
        f"{method} {each.path.removeprefix(DIALECT.mount)}"
        for each in DIALECT.routes
        if isinstance(each, Route)
        for method in (each.methods or set()) - {"HEAD"}
    }
    assert _bare(served) == _bare(routes)


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
    page = page_of("superai").read_text(encoding="utf-8")
    assert tables_of(COVERAGE) in page, "run: python tools/dialect_page.py superai"


def _bare(calls: set[str]) -> set[str]:
    return {re.sub(r"\{[\w:]+\}", "{}", each) for each in calls}
