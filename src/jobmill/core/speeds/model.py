"""What has been learnt about an engine's speed: a line fitted to its last runs. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BYTES = "bytes"
"""The unit of what is known before an engine has said a word: the size of its input."""
UNIT_LENGTH = 32
_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class SpeedKey:
    """Whose speed it is: an engine with a set of features, which share its work."""

    engine: str
    features: str

    @classmethod
    def of(cls, engine: str, features: Iterable[str]) -> "SpeedKey":
        """The key of a task; the order of its features does not matter."""
        return cls(engine, ",".join(sorted(features)))


@dataclass(frozen=True, slots=True)
class Observation:
    """One run that ended well: so many `units` took so many seconds from the engine's start."""

    key: SpeedKey
    unit: str
    units: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Sums over runs, of which each counts less than the next: a regression of seconds on units.

    `weight` is the sum of the weights; `squares` sums units², `products` units x seconds.
    """

    weight: float
    units: float
    seconds: float
    squares: float
    products: float

    @property
    def start_seconds(self) -> float:
        """What a run costs whatever its size."""
        return self._line()[0]

    @property
    def unit_seconds(self) -> float:
        """What each further unit costs."""
        return self._line()[1]

    def seconds_for(self, units: float) -> float:
        """How long a run of this size is likely to take; never negative."""
        start, each = self._line()
        return start + each * units

    def _line(self) -> tuple[float, float]:
        """Start cost and seconds per unit; both at least 0."""
        mean, took = self.units / self.weight, self.seconds / self.weight
        variance = self.squares / self.weight - mean**2
        if variance <= (_SPREAD * mean) ** 2:
            # Runs of one size do not tell the start from the rest.
            return (0.0, took / mean) if mean > 0 else (took, 0.0)
        slope = (self.products / self.weight - mean * took) / variance
        if slope <= 0:
            return took, 0.0
        start = took - slope * mean
        return (start, slope) if start >= 0 else (0.0, self.products / self.squares)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known about some tasks: speeds by key and unit, sizes of inputs by asset number."""

    speeds: Mapping[SpeedKey, Mapping[str, Speed]] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)
