"""When to try a request again, and after how long."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BUSY = frozenset({429, 502, 503, 504})
LONGEST_RETRY_AFTER = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a safe request is sent at most, and the pauses between, in seconds."""

    attempts: int = 4
    first_pause: float = 0.2
    longest_pause: float = 5.0

    def pauses(self) -> Iterator[float]:
        """The pauses before the second, third … attempt: doubling, each shortened at random."""
        pause = self.first_pause
        for _ in range(self.attempts - 1):
            yield pause * random.uniform(0.5, 1.0)  # noqa: S311  spreads load, guards nothing
            pause = min(pause * 2, self.longest_pause)


def asked_pause(headers: Mapping[str, str]) -> float:
    """The seconds that `Retry-After` asks for, capped; 0 when it asks for none."""
    text = headers.get("retry-after", "").strip()
    return min(float(text), LONGEST_RETRY_AFTER) if text.isdecimal() else 0.0
