"""What estimates need from outside: a small table of speeds."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from jobmill.core.speeds.model import Observation, Speed, SpeedKey


class SpeedStore(Protocol):
    """Learnt speeds, inside one unit of work."""

    def learn(self, observations: Sequence[Observation]) -> None:
        """Add runs; what was learnt before counts less from now on."""

    def of(self, keys: Collection[SpeedKey]) -> Mapping[SpeedKey, Mapping[str, Speed]]:
        """Speeds by unit, of those keys that have any."""

    def sizes(self, assets: Collection[int]) -> Mapping[int, int]:
        """Bytes of these assets, where known."""
