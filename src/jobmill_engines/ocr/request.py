"""What one reading asks for: its parameters, checked, with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobmill_engines.texts.threads import fair_threads


@dataclass(frozen=True, slots=True)
class Request:
    """`languages` as they were given; lines below `min_confidence` are left out."""

    reader: str
    min_confidence: float
    languages: tuple[str, ...]
    threads: int


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request of parameters that fit the manifest's schema."""
    return Request(
        reader=parameters.get("reader", "rapidocr"),
        min_confidence=float(parameters.get("min_confidence", 0.5)),
        languages=tuple(parameters.get("languages") or ("en",)),
        threads=parameters.get("threads") or fair_threads(),
    )
