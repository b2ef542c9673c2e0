"""What the scan tests share: a listener that remembers, and the call they all make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jobmill_engines.scan.analyse import analyse


@dataclass
class Remembering:
    """A listener that keeps what it is told."""

    warnings: list[tuple[str, str | None]] = field(default_factory=list)
    steps: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)

    def progress(self, done: float, total: float | None, unit: str, feature: str) -> None:
        assert unit == "s"
        self.steps.setdefault(feature, []).append((done, total))

    def warn(self, code: str, message: str, feature: str | None = None) -> None:
        assert message
        self.warnings.append((code, feature))

    def check_cancelled(self) -> None:
        """Never cancelled."""


@dataclass
class Scanned:
    """The result of one scan with what the listener heard."""

    document: dict[str, Any]
    told: Remembering

    def spans(self, feature: str) -> list[tuple[float, float, str]]:
        """(start, end, label) in seconds."""
        return [
            (span["start_ms"] / 1000, span["end_ms"] / 1000, span["label"])
            for span in self.document["features"][feature]["spans"]
        ]


Scan = Callable[..., Scanned]


@pytest.fixture
def scan() -> Scan:
    def call(
        path: Path,
        *features: str,
        parameters: Mapping[str, Any] | None = None,
        segments: Sequence[Mapping[str, Any]] | None = None,
    ) -> Scanned:
        told = Remembering()
        return Scanned(analyse(path, features, parameters or {}, segments, told), told)

    return call
