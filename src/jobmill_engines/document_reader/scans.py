"""Pictures of pages to words: put upright and straight, recognised, with their drawn lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobmill_engines.document_reader.request import Request
from jobmill_engines.document_reader.straight import (
    drawn_rules,
    skew_of,
    straightened,
    without_rules,
)
from jobmill_engines.document_reader.upright import lies, pieces_of_lines, quarters_turned
from jobmill_engines.documents.lines import lines_of
from jobmill_engines.documents.model import Box, Page, Word
from jobmill_engines.ocr.model import Line as Piece
from jobmill_engines.ocr.tesseract import Tesseract
from jobmill_engines.ocr.with_rapidocr import RapidReader

LEAST = 0.3
"""Words that are less sure are dirt."""


class Reader(Protocol):
    """Recognises the words of a picture."""

    name: str

    def words(self, picture: Any) -> list[Piece]:
        """Each word as a line of its own."""
        ...

    def upside_down(self, pieces: Sequence[Any]) -> bool:
        """Whether most of these pictures of words stand on their head."""
        ...


@dataclass(frozen=True, slots=True)
class Scan:
    """A picture, upright and straight now, and its words."""

    picture: Any
    page: Page


class Recogniser:
    """Keeps its reader while what is asked for stays the same."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[object, ...], Reader] | None = None

    def scan(self, request: Request, picture: Any, number: int, unit: str, scale: float) -> Scan:
        """The page of a picture with `scale` pixels a unit. Raises ModelMissing."""
        reader = self._reader(request)
        picture, quarters = _upright(picture, reader)
        width, height = picture.width / scale, picture.height / scale
        drawn = drawn_rules(picture)
        rules = [Box(*(side / scale for side in box)) for box in drawn]
        seen = without_rules(picture, drawn) if isinstance(reader, Tesseract) else picture
        pieces = (piece for piece in reader.words(seen) if piece.confidence >= LEAST)
        words = [_word(piece, width, height) for piece in pieces]
        page = Page(
            number=number,
            width=width,
            height=height,
            unit=unit,
            source="ocr",
            lines=tuple(lines_of(words, rules)),
            rules=tuple(rules),
            turned=quarters * 90,
        )
        return Scan(picture, page)

    def _reader(self, request: Request) -> Reader:
        wanted = (request.reader, request.languages, request.threads)
        if self._kept is None or self._kept[0] != wanted:
            self._kept = None
            fresh: Reader = (
                RapidReader(request.threads)
                if request.reader == "rapidocr"
                else Tesseract(request.languages, request.threads)
            )
            self._kept = (wanted, fresh)
        return self._kept[1]


def _upright(picture: Any, reader: Reader) -> tuple[Any, int]:
    """(the picture as it is read, by how many right angles it was turned clockwise for that)."""
    quarters = 1 if lies(picture) else 0
    picture = quarters_turned(picture, quarters)
    picture = straightened(picture, skew_of(picture))
    if reader.upside_down(pieces_of_lines(picture)):
        picture, quarters = quarters_turned(picture, 2), quarters + 2
    return picture, quarters


def _word(piece: Piece, width: float, height: float) -> Word:
    box = Box(piece.left * width, piece.top * height, piece.right * width, piece.bottom * height)
    return Word(piece.text, box, round(piece.confidence, 4))
