"""Drawn lines and pictures on one page of a PDF. A box counts as its four sides."""

import ctypes
from collections.abc import Iterator
from typing import Any

from jobmill_engines.document_reader.pdf_text import Place
from jobmill_engines.documents.model import Box

MOST_OBJECTS = 50_000
MOST_RULES = 4_000
_THIN = 3.0
_SHORT = 4.0
_DEPTH = 4


class PageShapes:
    """The rules and pictures of a page."""

    def __init__(self, raw: Any, place: Place) -> None:
        self._raw, self._place = raw, place
        self.rules: list[Box] = []
        self.pictures: list[Box] = []

    def read(self, page: Any) -> None:
        """Look at every object of the page, and inside of forms."""
        raw = self._raw
        for number in range(min(MOST_OBJECTS, raw.FPDFPage_CountObjects(page))):
            self._object(raw.FPDFPage_GetObject(page, number), 0)

    def _object(self, item: Any, depth: int) -> None:
        raw = self._raw
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            self.pictures.append(self._bounds(item))
        elif kind == raw.FPDF_PAGEOBJ_PATH and len(self.rules) < MOST_RULES:
            self.rules += self._sides(item)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            for number in range(min(MOST_OBJECTS, raw.FPDFFormObj_CountObjects(item))):
                self._object(raw.FPDFFormObj_GetObject(item, number), depth + 1)

    def _bounds(self, item: Any) -> Box:
        sides = [ctypes.c_float() for _ in range(4)]
        self._raw.FPDFPageObj_GetBounds(item, *map(ctypes.byref, sides))
        left, bottom, right, top = (side.value for side in sides)
        return self._place(left, bottom, right, top)

    def _sides(self, path: Any) -> Iterator[Box]:
        box = self._bounds(path)
        count = self._raw.FPDFPath_CountSegments(path)
        if count > 12 or max(box.width, box.height) < _SHORT:
            return
        if min(box.width, box.height) <= _THIN:
            yield box
            return
        straight = all(
            self._raw.FPDFPathSegment_GetType(self._raw.FPDFPath_GetPathSegment(path, number))
            != self._raw.FPDF_SEGMENT_BEZIERTO
            for number in range(count)
        )
        if straight and count >= 4:
            yield Box(box.x0, box.y0, box.x1, box.y0)
            yield Box(box.x0, box.y1, box.x1, box.y1)
            yield Box(box.x0, box.y0, box.x0, box.y1)
            yield Box(box.x1, box.y0, box.x1, box.y1)
