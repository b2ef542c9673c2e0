"""One JSON line per figure: name, value, unit, what it is held against, and the ratio."""

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside its peer or limit. `ratio` is value / peer, both medians."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float | None
    budget: str = ""
    runs: int = 1

    def show(self) -> None:
        """Print the line."""
        fields = asdict(self)
        fields["value"] = round(self.value, 4)
        fields["ratio"] = None if self.ratio is None else round(self.ratio, 3)
        print(json.dumps(fields), flush=True)


def median(values: Sequence[float], *, quiet: bool = False) -> float:
    """The median, and the spread on stderr, since the machine may be noisy."""
    if not quiet:
        print(f"    runs: {', '.join(f'{v:.4g}' for v in values)}", file=sys.stderr)
    return statistics.median(values)
