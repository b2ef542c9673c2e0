"""Documents through the engines in this process, one after the other, and how right they are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from jobmill_engine import Engine, Task
from jobmill_engine.protocol import InputFile, Message, Run
from jobmill_engines.data_points.engine import DataPoints
from jobmill_engines.document_reader.engine import DocumentReader
from jobmill_engines.document_zones.engine import DocumentZones
from tests.engines.documents.making.made import Made

TAXONOMIES = Path(__file__).parent / "taxonomies"
READ = {"page_image_height": 0}


def taxonomy(kind: str) -> dict[str, Any]:
    """The taxonomy of invoices, forms or reports."""
    told: dict[str, Any] = json.loads((TAXONOMIES / f"{kind}.json").read_text(encoding="utf-8"))
    return told


def task_of(
    folder: Path,
    data: bytes,
    media_type: str,
    parameters: Mapping[str, Any] | None = None,
    name: str = "given",
) -> tuple[Task, list[Message]]:
    """A task on a file of these bytes, and the list of what it will send."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "given"
    path.write_bytes(data)
    sent: list[Message] = []
    given = InputFile("in", str(path), media_type, name, None, {})
    return Task(
        Run("a", (), dict(parameters or {}), (given,), str(folder), "whole"), sent.append
    ), sent


def step(
    engine: Engine,
    folder: Path,
    document: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The engine's document about a document."""
    task, _ = task_of(folder, json.dumps(document).encode(), "application/json", parameters)
    return dict(engine.run(task) or {})


def layout(folder: Path, made: Made, **parameters: Any) -> dict[str, Any]:
    """The layout of a made document."""
    task, _ = task_of(folder, made.data, made.media_type, {**READ, **parameters})
    return dict(DocumentReader().run(task))


def points(folder: Path, made: Made, **parameters: Any) -> dict[str, Any]:
    """The data points of a made document."""
    zones = step(DocumentZones(), folder, layout(folder, made, **parameters))
    return step(DataPoints(), folder, zones, {"taxonomy": taxonomy(made.kind)})


@dataclass
class Score:
    """Counts of one field over many documents."""

    right: int = 0
    wrong: int = 0
    invented: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        given = self.right + self.wrong + self.invented
        return self.right / given if given else 1.0

    @property
    def recall(self) -> float:
        there = self.right + self.wrong + self.missed
        return self.right / there if there else 1.0


@dataclass
class Scores:
    """By field (rows of a table count together), and how sure right and wrong values were."""

    fields: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    sure: list[tuple[float, bool]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, made: Made, found: Mapping[str, Any]) -> None:
        """Hold what was found against what there is."""
        given = {point["key"]: point for point in found["points"]}
        for key in sorted(set(made.expected) | set(given)):
            wanted, point = made.expected.get(key), given.get(key)
            score = self.fields[f"{made.kind}.{_name(key)}"]
            if point is None:
                score.missed += wanted is not None
            elif wanted is None:
                score.invented += 1
            elif same(point["value"], wanted):
                score.right += 1
            else:
                score.wrong += 1
            good = point is not None and wanted is not None and same(point["value"], wanted)
            if point is not None:
                self.sure.append((point["confidence"], good))
            if not good and (point or wanted is not None):
                value = point and (point["value"], point["confidence"], point["by"])
                self.faults.append(f"{made.name}: {key}: wanted {wanted!r}, found {value}")

    def whole(self) -> Score:
        """All fields together."""
        total = Score()
        for each in self.fields.values():
            total.right += each.right
            total.wrong += each.wrong
            total.invented += each.invented
            total.missed += each.missed
        return total

    def accuracy(self, low: float, high: float) -> tuple[float, int]:
        """(share of right ones, count) of values that are so sure."""
        inside = [good for sure, good in self.sure if low <= sure < high]
        return (sum(inside) / len(inside) if inside else 1.0), len(inside)

    def lines(self) -> Iterable[str]:
        """A report."""
        for name, each in sorted(self.fields.items()):
            yield f"{name:28} precision {each.precision:.3f}  recall {each.recall:.3f}"
        whole = self.whole()
        yield f"{'all':28} precision {whole.precision:.3f}  recall {whole.recall:.3f}"
        for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 1.01)):
            share, count = self.accuracy(low, high)
            yield f"confidence {low:.1f} to {high:.1f}: {share:.3f} right of {count}"


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is the one that is wanted."""
    if isinstance(value, dict):
        return isinstance(wanted, Decimal | int) and Decimal(value["amount"]) == Decimal(wanted)
    if isinstance(wanted, Decimal | int):
        return isinstance(value, int | float) and Decimal(str(value)) == Decimal(wanted)
    return str(value).replace(" ", "") == str(wanted).replace(" ", "")


def _name(key: str) -> str:
    return ".".join("N" if part.isdigit() else part for part in key.split("."))
