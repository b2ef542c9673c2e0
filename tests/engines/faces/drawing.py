"""Faces of known place, drawn: enough of one for a detector to see it."""

from typing import Any

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
GROUND = (90, 110, 120)


def empty() -> Any:
    return Image.new("RGB", SIZE, GROUND)


def drawn(*places: tuple[float, float, float]) -> Any:
    """A picture with a face at each (left, top, width), in pixels."""
    picture = empty()
    for place in places:
        _face(ImageDraw.Draw(picture), *place)
    return picture.filter(ImageFilter.GaussianBlur(2))


def _face(draw: Any, x: float, y: float, s: float) -> None:
    draw.ellipse((x - 0.08 * s, y - 0.18 * s, x + 1.08 * s, y + 0.8 * s), fill=(60, 40, 30))
    draw.ellipse((x, y, x + s, y + 1.3 * s), fill=(224, 180, 150))
    for eye in (x + 0.28 * s, x + 0.72 * s):
        draw.ellipse((eye - 0.13 * s, y + 0.45 * s, eye + 0.13 * s, y + 0.57 * s), fill="white")
        draw.ellipse((eye - 0.055 * s, y + 0.455 * s, eye + 0.055 * s, y + 0.565 * s), fill="black")
        brow = (eye - 0.17 * s, y + 0.34 * s, eye + 0.17 * s, y + 0.52 * s)
        draw.arc(brow, 200, 340, fill=(60, 40, 30), width=max(2, int(s * 0.03)))
    nose = ((x + 0.5 * s, y + 0.5 * s), (x + 0.4 * s, y + 0.83 * s), (x + 0.6 * s, y + 0.83 * s))
    draw.polygon(nose, fill=(205, 155, 125))
    draw.ellipse((x + 0.32 * s, y + 0.95 * s, x + 0.68 * s, y + 1.08 * s), fill=(170, 70, 70))
