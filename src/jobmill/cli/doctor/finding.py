"""One thing that was looked at."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """`status` is ok, warn (works, but less well) or fail; `fix` says what to do."""

    name: str
    status: str
    detail: str
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return asdict(self)


def found(name: str, good: bool, detail: str, fix: str = "", *, otherwise: str = "fail") -> Finding:
    """Ok with the detail, or `otherwise` with the fix."""
    return Finding(name, "ok", detail) if good else Finding(name, otherwise, detail, fix)
