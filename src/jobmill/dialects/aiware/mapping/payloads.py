"""A task's payload to the parameters of our engine, by the JSON Schema of its manifest.

The vendor's payloads hold more than an engine knows, and numbers as text; what the schema does not
know stays in the job's extras and goes no further.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobmill.dialects.aiware.mapping.catalogue import catalogue
from jobmill_engine.manifest import Manifest

# Objects of the vendor whose keys stand for themselves.
_FLAT = ("customFFMPEGProperties",)
# Keys that say what the task works on, not how.
INPUT_KEYS = ("url", "assetId", "tdoId", "recordingId")


def parameters_from(payload: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    """The parameters that the engine takes out of a payload."""
    return _fitted(payload, manifest, manifest.parameters)


def feature_parameters(
    payload: Mapping[str, Any], manifest: Manifest, features: Sequence[str]
) -> dict[str, Any]:
    """The parameters of each feature: of its own object in the payload, else of the payload."""
    found: dict[str, Any] = {}
    for feature in manifest.features:
        if feature.name in features:
            own = payload.get(feature.name)
            given = own if isinstance(own, Mapping) else payload
            if fitted := _fitted(given, manifest, feature.parameters, strict=True):
                found[feature.name] = fitted
    if "segments" in payload:
        found["segments"] = payload["segments"]
    return found


def _fitted(
    payload: Mapping[str, Any],
    manifest: Manifest,
    schema: Mapping[str, Any],
    *,
    strict: bool = False,
) -> dict[str, Any]:
    known: Mapping[str, Any] = schema.get("properties", {})
    open_ended = not strict and schema.get("additionalProperties", True) is not False
    table = catalogue().by_engine.get(manifest.id)
    names = table.payload if table else {}
    found: dict[str, Any] = {}
    for key, value in _flat(payload):
        asked = (names.get(key, key), key, snake(key))
        name = next((each for each in asked if each in known), None)
        if name is not None:
            found.setdefault(name, _fitting(value, known[name]))
        elif open_ended and not known and key not in INPUT_KEYS:
            found[key] = value
    return found


def features_from(payload: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Features that a payload asks for; all of an engine that offers some, when it names none."""
    offered = [feature.name for feature in manifest.features]
    given = payload.get("features")
    if isinstance(given, list) and given:
        return [str(each) for each in given]
    return offered


def snake(name: str) -> str:
    """chunkSizeInSeconds → chunk_size_in_seconds."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _flat(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in payload.items():
        yield key, value
        if key in _FLAT and isinstance(value, Mapping):
            yield from value.items()


def _fitting(value: Any, schema: Any) -> Any:
    """A number or a flag that came as text, where the schema wants one."""
    if not isinstance(value, str) or not isinstance(schema, Mapping):
        return value
    wanted = schema.get("type")
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if "string" in kinds:
        return value
    text = value.strip()
    if "integer" in kinds and re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if "number" in kinds and re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text):
        return float(text) if "." in text else int(text)
    if "boolean" in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return value
