"""Engines and categories as Edge shows them."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill.dialects.aiware.mapping.catalogue import Category, category_of, engine_id
from jobmill.dialects.aiware.mapping.engines import fields_of, mode_of
from jobmill_engine.manifest import Manifest


def engine_detail(manifest: Manifest) -> dict[str, Any]:
    """An engine. The seed's three keys come first."""
    category = category_of(manifest)
    return {
        "engineCategoryID": category.id,
        "engineID": engine_id(manifest.id),
        "engineName": manifest.name,
        "engineType": engine_type(manifest),
        "engineOutputType": output_type(manifest),
        "engineState": "active",
        "fieldsJSON": _json(fields_of(manifest)),
        "parallelProcessing": "chunk" in manifest.modes,
        "parentCompleteBeforeStart": manifest.modes == ("whole",),
        "validationJSON": _json({"validationContracts": list(category.contracts)}),
    }


def engine_type(manifest: Manifest) -> str:
    """chunk, stream or batch: the vendor knows one an engine."""
    return mode_of(manifest).lower()


def output_type(manifest: Manifest) -> str:
    """How its output is written: parts of a stream only by engines that know nothing else."""
    return "stream" if "stream" in manifest.modes and "chunk" not in manifest.modes else "chunk"


def category_detail(category: Category) -> dict[str, str]:
    """A category of engines."""
    return {
        "engineCategoryID": category.id,
        "engineCategoryName": category.name,
        "engineCategoryType": category.category_type,
    }


def categories_in_use(installed: Mapping[str, Manifest]) -> list[Category]:
    """The categories of the installed engines, by name."""
    found = {category.id: category for category in map(category_of, installed.values())}
    return sorted(found.values(), key=lambda category: category.name)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
