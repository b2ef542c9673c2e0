"""Pictures of pages to words: put straight, recognised by an OCR reader, with their drawn lines."""

from dataclasses import dataclass
from typing import Any, Protocol

from jobmill_engines.document_reader.request import Request
from jobmill_engines.document_reader.straight import (
    drawn_rules,
    skew_of,
    straightened,
    without_rules,
)
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


@dataclass(frozen=True, slots=True)
class Scan:
    """A picture, straight now, and its words."""

    picture: Any
    page: Page


class Recogniser:
    """Keeps its reader while what is asked for stays the same."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[object, ...], Reader] | None = None

    def scan(self, request: Request, picture: Any, number: int, unit: str, scale: float) -> Scan:
        """The page of a picture with `scale` pixels a unit. Raises ModelMissing."""
        reader = self._reader(request)
        picture = straightened(picture, skew_of(picture))
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


def _word(piece: Piece, width: float, height: float) -> Word:
    box = Box(piece.left * width, piece.top * height, piece.right * width, piece.bottom * height)
    return Word(piece.text, box, round(piece.confidence, 4))
