"""The metadata of a job: unknown fields go there, dotted and nested names mean the same."""

from collections.abc import Mapping
from typing import Any

from jobmill.dialects.innodata.mapping.reading import wrong


def merged(unknown: Mapping[str, Any], explicit: Mapping[str, Any]) -> dict[str, Any]:
    """Unknown fields of the body with the body's own `metadata` over them, nested objects too."""
    found = dict(unknown)
    for key, value in explicit.items():
        below = found.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            found[key] = merged(below, value)
        else:
            found[key] = value
    return found


def settings_of(unknown: Mapping[str, Any], explicit: Mapping[str, Any]) -> dict[str, Any]:
    """Every value by its dotted name in lower case: `{"mapping": {"taxonomy": 1}}` and
    `{"Mapping.Taxonomy": 1}` alike; null is none. Raises InvalidInput for two different values."""
    return {**_flat(unknown), **_flat(explicit)}


def _flat(metadata: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    ahead = [("", metadata)]
    while ahead:
        prefix, level = ahead.pop()
        for key, value in level.items():
            name = prefix + str(key).lower()
            if isinstance(value, Mapping):
                ahead.append((f"{name}.", value))
            if value is None:
                continue
            before = found.setdefault(name, value)
            if before != value and not isinstance(before, Mapping | list):
                raise wrong(name, "two different values are given for it; give one")
    return found
