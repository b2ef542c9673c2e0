"""Gathers what was found of one document and writes it as Innodom XML and as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill_engine import Engine, InputRejected, Result, Task
from jobmill_engines.document_writer.facts import Fact, facts_of, tree
from jobmill_engines.document_writer.innodom import innodom
from jobmill_engines.documents.given import read_json
from jobmill_engines.documents.reading import read_zones
from jobmill_engines.documents.writing import zones_json

_KINDS = ("zones", "points", "terms")


class DocumentWriter(Engine):
    """XML on the port `innodom`, JSON on `json`; the result is a summary."""

    def run(self, task: Task) -> Result:
        given = _gathered(task)
        zones = read_zones(given["zones"])
        facts = [fact for kind in ("points", "terms") for fact in facts_of(given.get(kind, {}))]
        task.check_cancelled()
        task.output("innodom", innodom(zones, facts), "application/xml")
        whole = _whole(given, facts) | zones_json(zones)
        whole.pop("confidence")
        task.output("json", json.dumps(whole, ensure_ascii=False).encode(), "application/json")
        return {
            "summary": {
                "pages": len(zones.pages),
                "zones": len(zones.zones),
                "datapoints": len(facts),
            },
            "data": tree(facts),
        }


def _whole(given: Mapping[str, Any], facts: list[Fact]) -> dict[str, Any]:
    told: dict[str, Any] = {"data": tree(facts)}
    for kind in ("points", "terms"):
        if kind in given:
            told[kind] = given[kind].get(kind, [])
            told["taxonomy"] = given[kind].get("taxonomy", "")
            if "missing" in given[kind]:
                told["missing"] = given[kind]["missing"]
    return told


def _gathered(task: Task) -> dict[str, dict[str, Any]]:
    """The documents by what they hold. Raises InputRejected."""
    found: dict[str, dict[str, Any]] = {}
    for file in task.inputs:
        document = read_json(file)
        kinds = [kind for kind in _KINDS if kind in document]
        if not kinds:
            told = f"The document on port {file.port!r} holds neither zones nor points nor terms"
            raise InputRejected("invalid_document", f"{told}. Route such a document here.")
        if kinds[0] in found and found[kinds[0]] != document:
            told = f"There are two documents of {kinds[0]}; route one of them here"
            raise InputRejected("invalid_document", f"{told}.")
        found[kinds[0]] = document
    if "zones" not in found:
        told = "There is no document of zones; route that of document-zones here, too"
        raise InputRejected("missing_input", f"{told}.")
    return found
