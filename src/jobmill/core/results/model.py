"""The result of a task: a document of facts, one per feature, with where it came from.

A feature's document holds `spans`: `start_ms` and `end_ms` in milliseconds from the start of the
file (decimals down to the microsecond), a `label` and further facts; and `summary`, facts about
the whole file. Engines without features give one document of their own shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ResultWarning:
    """Something a user should know although the job completed."""

    code: str
    message: str
    feature: str | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which engine said so, run how, on what."""

    engine: str
    version: str
    parameters: Mapping[str, Any]
    input_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One document: of a feature, or (feature None) of a whole task."""

    task: str
    feature: str | None
    document: Mapping[str, Any]
    provenance: Provenance
    media: Mapping[str, Any] = field(default_factory=dict)


def results_of(
    task: str, features: tuple[str, ...], document: Mapping[str, Any], provenance: Provenance
) -> tuple[Result, ...]:
    """Split an engine's document into the results of its features.

    A document that is not split by features is that of the one feature asked for, or else of the
    whole task: what an engine found is never lost.
    """
    if not features or "features" not in document:
        feature = features[0] if len(features) == 1 else None
        return (Result(task, feature, document, provenance),)
    found: Mapping[str, Any] = document["features"]
    media: Mapping[str, Any] = document.get("media", {})
    return tuple(Result(task, f, found[f], provenance, media) for f in features if f in found)
