"""coverage.toml names every path of Edge that is served, and each as it is."""

import re
import tomllib
from pathlib import Path

from starlette.routing import Route

import jobmill
from jobmill.dialects.aiware.edge.absent import ABSENT_ROUTES
from jobmill.dialects.aiware.edge.routes import EDGE

FILE = Path(jobmill.__file__).parent / "dialects" / "aiware" / "coverage.toml"
COVERAGE = tomllib.loads(FILE.read_text(encoding="utf-8"))
# Told in the lines of others.
BESIDE = {
    "GET /edge/v1/proc/task/{}/data",
}


def calls(*statuses: str) -> set[str]:
    return {
        re.sub(r"\{\w+\}", "{}", each["call"])
        for each in COVERAGE["operations"]
        if " /edge/v1" in each["call"] and each["status"] in statuses
    }


def test_every_route_is_an_operation() -> None:
    absent = {id(route) for route in ABSENT_ROUTES}
    served = {
        f"{method} {re.sub(r'{[^}]+}', '{}', route.path)}"
        for route in EDGE.routes
        if isinstance(route, Route) and id(route) not in absent
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert calls("full", "partial") == served - BESIDE


def test_what_is_absent_is_answered_so() -> None:
    refused = {
        f"{method} {re.sub(r'{[^}]+}', '{}', route.path)}"
        for route in ABSENT_ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert calls("absent") <= refused
