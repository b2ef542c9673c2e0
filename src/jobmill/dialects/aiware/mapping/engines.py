"""An engine's manifest in the vendor's words: its fields, formats and mode."""

import json
from collections.abc import Mapping
from typing import Any

from jobmill_engine.manifest import Manifest

MODES = (("chunk", "Chunk"), ("stream", "Stream"), ("whole", "Batch"))
NUMBERS = {"number", "integer"}


def mode_of(manifest: Manifest) -> str:
    """The vendor knows one mode an engine; ours may have several."""
    return next(word for mode, word in MODES if mode in manifest.modes)


def fields_of(manifest: Manifest) -> list[dict[str, Any]]:
    """The custom fields of an engine: one for each parameter of its JSON Schema."""
    schema = manifest.parameters
    required = schema.get("required", ())
    found = [
        _field(name, each, name in required)
        for name, each in schema.get("properties", {}).items()
        if isinstance(each, Mapping)
    ]
    return found + ([_features(manifest)] if manifest.features else [])


def _features(manifest: Manifest) -> dict[str, Any]:
    return {
        "name": "features",
        "label": "Features",
        "type": "MultiPicklist",
        "info": "What to look for; all when none is chosen.",
        "options": [{"key": each.description, "value": each.name} for each in manifest.features],
        "defaultValues": [each.name for each in manifest.features],
        "required": False,
    }


def _field(name: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    choices, several = _choices(schema)
    default = schema.get("default")
    listed = isinstance(default, list)
    return {
        "name": name,
        "label": schema.get("title") or name,
        "info": schema.get("description"),
        "type": _type(schema, choices, several),
        "min": schema.get("minimum", schema.get("exclusiveMinimum")),
        "max": schema.get("maximum", schema.get("exclusiveMaximum")),
        "step": schema.get("multipleOf"),
        "options": None if choices is None else [_option(each) for each in choices],
        "defaultValue": None if default is None or listed else _word(default),
        "defaultValues": [_word(each) for each in default or ()] if listed else None,
        "required": required,
    }


def _choices(schema: Mapping[str, Any]) -> tuple[list[Any] | None, bool]:
    """The values to choose from, and whether several may be chosen."""
    items = schema.get("items")
    if isinstance(items, Mapping) and "enum" in items:
        return list(items["enum"]), True
    if schema.get("type") == "boolean":
        return [True, False], False
    return (list(schema["enum"]), False) if "enum" in schema else (None, False)


def _type(schema: Mapping[str, Any], choices: Any, several: bool) -> str:
    if choices is not None:
        return "MultiPicklist" if several else "Picklist"
    kinds = schema.get("type")
    named = set(kinds) if isinstance(kinds, list) else {kinds}
    return "Number" if named & NUMBERS and not named - NUMBERS - {"null"} else "Text"


def _option(value: Any) -> dict[str, str]:
    return {"key": _word(value), "value": _word(value)}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
