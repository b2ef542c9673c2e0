"""A line of text in a picture. No rules."""

from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """`corners` go around it from the top left, as shares of the picture's width and height;
    `confidence` is 0 to 1."""

    text: str
    confidence: float
    corners: tuple[Point, ...]

    @property
    def left(self) -> float:
        """Its leftmost place."""
        return min(x for x, _ in self.corners)

    @property
    def right(self) -> float:
        """Its rightmost place."""
        return max(x for x, _ in self.corners)

    @property
    def top(self) -> float:
        """Its highest place."""
        return min(y for _, y in self.corners)

    @property
    def bottom(self) -> float:
        """Its lowest place."""
        return max(y for _, y in self.corners)

    def found(self, **place: Any) -> dict[str, Any]:
        """It as an object of type text in a document of facts."""
        box = [{"x": round(x, 5), "y": round(y, 5)} for x, y in self.corners]
        told = {"type": "text", "text": self.text, "confidence": round(self.confidence, 4)}
        return {**told, "box": box, **place}


def inside(x: float, y: float, width: float, height: float) -> Point:
    """A point in pixels as shares; what sticks out is moved to the border."""
    return min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))
