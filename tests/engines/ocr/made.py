"""Pictures of known text, drawn with a font of this machine."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobmill_engine import add_libraries

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SIZE = (1000, 700)
Words = Iterable[tuple[str, tuple[int, int]]]


class FontMissing(Exception):
    """The font is not on this machine: apt-get install fonts-dejavu-core."""


def picture(words: Words, *, clear: bool = False) -> Any:
    """A Pillow picture, black on white (`clear`: on nothing), each word's left top at its place."""
    add_libraries("ocr")
    from PIL import Image, ImageDraw, ImageFont

    if not FONT.is_file():
        raise FontMissing(FontMissing.__doc__)
    drawn = Image.new("RGBA", SIZE, (0, 0, 0, 0)) if clear else Image.new("RGB", SIZE, "white")
    pen, font = ImageDraw.Draw(drawn), ImageFont.truetype(str(FONT), 36)
    for text, place in words:
        pen.text(place, text, font=font, fill="black")
    return drawn
