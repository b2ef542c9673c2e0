"""The output of a job, and what people put in its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobmill_client.models.accounts import User


@dataclass(frozen=True, slots=True)
class Output:
    """One JSON document, as the program's output schema has it.

    `confidence` (0 to 1) is that of the engine, None for a person's; `by` is `engine` or `person`.
    """

    document: Any = None
    confidence: float | None = None
    by: str = ""
    edited_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class OutputEdit:
    """An output that somebody put in the place of the one before."""

    number: int
    generation: int = 1
    user: User | None = None
    document: Any = None
    at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
