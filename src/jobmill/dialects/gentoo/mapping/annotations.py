"""From the core's results to the vendor's annotation arrays."""

from collections.abc import Iterable, Mapping
from typing import Any

from jobmill.core.results import Result
from jobmill.dialects.gentoo.mapping.features import feature_named
from jobmill.dialects.gentoo.mapping.times import offset_of
from jobmill.dialects.gentoo.schema import FEATURES

AUDIO_FORMAT = "AUDIO_FORMAT"
OTHER = "results"


def annotations_from(results: Iterable[Result], within: tuple[float, float] | None = None) -> Any:
    """One array per feature, under the vendor's key; `within` (ms) keeps what overlaps it.

    Documents of engines without features stand under `results`, by task.
    """
    found: dict[str, Any] = {}
    for result in results:
        if result.feature is None:
            found.setdefault(OTHER, {})[result.task] = result.document
        else:
            key = feature_named(result.feature).annotations
            found[key] = _items(result.feature, result.document, within)
    return found


def segment_of(start_ms: float, end_ms: float) -> dict[str, str]:
    """A segment of the original file."""
    return {"startTimeOffset": offset_of(start_ms), "endTimeOffset": offset_of(end_ms)}


def _items(
    feature: str, document: Mapping[str, Any], within: tuple[float, float] | None
) -> list[dict[str, Any]]:
    spans = document.get("spans") or []
    if not spans and document.get("tracks"):
        return [{_camel(key): value for key, value in each.items()} for each in document["tracks"]]
    return [
        _item(feature, span)
        for span in spans
        if within is None or (span["start_ms"] < within[1] and span["end_ms"] > within[0])
    ]


def _item(feature: str, span: Mapping[str, Any]) -> dict[str, Any]:
    times = segment_of(span["start_ms"], span["end_ms"])
    if feature == AUDIO_FORMAT:
        return {"audioFormat": span["label"], **times}
    if feature in FEATURES or not span.get("label"):
        return times
    return {"label": span["label"], **times}


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)
