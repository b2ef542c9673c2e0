"""What an engine returned, as the contract has it: facts as AION, other documents as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jobmill_engine.aion import MEDIA_TYPE, Origin, aion_documents, is_aion
from jobmill_engine.facts import FactsInvalid, read_facts

FACTS = frozenset(
    ("words", "objects", "text", "language", "languages", "sentiment", "media", "spans", "summary")
)
JSON = "application/json"


def contract_documents(
    document: Mapping[str, Any], name: str
) -> tuple[str, list[Mapping[str, Any]]]:
    """The media type, and the documents: facts of several kinds are several in AION."""
    if is_aion(document) or not FACTS & document.keys():
        return JSON, [document]
    try:
        facts = read_facts(document)
    except FactsInvalid:
        return JSON, [document]
    return MEDIA_TYPE, list(aion_documents(facts, Origin(engine_name=name)))


def as_one(documents: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Several documents of AION as one that names no contract: none of theirs holds for all."""
    if len(documents) == 1:
        return documents[0]
    joined: dict[str, Any] = {}
    for each in documents:
        for key, value in each.items():
            if key in ("object", "series"):
                joined.setdefault(key, []).extend(value)
            elif key != "validationContracts":
                joined.setdefault(key, value)
    return joined


def encoded(document: Mapping[str, Any]) -> bytes:
    """Plain JSON. Raises ValueError, TypeError for what is none."""
    return json.dumps(dict(document), ensure_ascii=False, allow_nan=False).encode()
