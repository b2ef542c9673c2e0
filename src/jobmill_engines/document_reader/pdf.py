"""PDF by PDFium: opened with care, page by page. The only module that imports pypdfium2."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, LimitReached
from jobmill_engines.document_reader.pdf_shapes import PageShapes
from jobmill_engines.document_reader.pdf_text import PageText, Place, quarters_of
from jobmill_engines.documents.lines import lines_of
from jobmill_engines.documents.model import Box, Line, Page, line_of

MOST_CHARACTERS = 400_000
"""Of one page: a dense page of a newspaper has about 30,000."""
LARGEST_SIDE = 14_400.0
"""Points: the most that the format allows."""
_PASSWORD = 4
_SCANNED_TEXT = 12
"""Characters: a page with less and a picture on it is a scan."""
_SCANNED_SHARE = 0.35


class PdfFile:
    """An open PDF. Raises InputRejected for what cannot be opened."""

    def __init__(self, path: Path, called: str) -> None:
        import pypdfium2
        import pypdfium2.raw as raw

        self._raw, self._called = raw, called
        try:
            self._file = pypdfium2.PdfDocument(path)
            self.count = len(self._file)
        except pypdfium2.PdfiumError as error:
            raise _unreadable(called, getattr(error, "err_code", None)) from None
        if not self.count:
            raise InputRejected("document_empty", f"The PDF {called} has no pages.")

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def page(self, number: int) -> Page:
        """The page of that number, from 1: its words, rules and pictures."""
        with self._opened(number) as page, closing(page.get_textpage()) as text:
            self._check_text(text, number)
            turned = self._turned(page, text)
            place = _placing(page, turned)
            shapes = PageShapes(self._raw, place)
            shapes.read(page)
            width, height = page.get_size()
            if turned % 180:
                width, height = height, width
            return Page(
                number=number,
                width=width,
                height=height,
                lines=tuple(self._lines(text, place, shapes.rules)),
                rules=tuple(shapes.rules),
                pictures=tuple(_visible(shapes.pictures, width, height)),
                turned=turned,
            )

    def picture(self, number: int, scale: float, turned: int = 0) -> Any:
        """The page as a Pillow picture, RGB, `scale` pixels a point, turned clockwise by so many
        degrees from how it is shown."""
        with (
            self._opened(number) as page,
            closing(page.render(scale=scale, rotation=turned)) as bitmap,
        ):
            return bitmap.to_pil().convert("RGB")

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page in points."""
        with self._opened(number) as page:
            width, height = page.get_size()
            return float(width), float(height)

    @contextmanager
    def _opened(self, number: int) -> Iterator[Any]:
        import pypdfium2

        try:
            page = self._file[number - 1]
        except pypdfium2.PdfiumError:
            told = f"Page {number} of the PDF {self._called} is damaged. Save the file anew."
            raise InputRejected("document_damaged", told) from None
        with closing(page):
            width, height = page.get_size()
            if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
                told = f"Page {number} of {self._called} is {width:.0f} x {height:.0f} points"
                raise LimitReached("page_too_large", f"{told}: {LARGEST_SIDE:.0f} are the most.")
            yield page

    def _turned(self, page: Any, text: Any) -> int:
        """Degrees clockwise by which to turn the page as it is shown, to have its text upright."""
        quarters = quarters_of(self._raw, text)
        return 0 if quarters is None else -(quarters * 90 + page.get_rotation()) % 360

    def _check_text(self, text: Any, number: int) -> None:
        count = self._raw.FPDFText_CountChars(text)
        if count > MOST_CHARACTERS:
            told = f"Page {number} of {self._called} has {count:,} characters"
            raise LimitReached("page_too_large", f"{told}: {MOST_CHARACTERS:,} are the most.")

    def _lines(self, text: Any, place: Place, rules: list[Box]) -> Iterator[Line]:
        reader = PageText(self._raw, text, place)
        upright, aslant = reader.words()
        yield from lines_of(upright, rules, reader.style)
        yield from (line_of([word], reader.style([word])) for word in aslant)


def is_scan(page: Page) -> bool:
    """Whether a page shows a picture instead of text."""
    letters = sum(len(word.text) for line in page.lines for word in line.words)
    shown = sum(box.width * box.height for box in page.pictures)
    return letters < _SCANNED_TEXT and shown > _SCANNED_SHARE * page.width * page.height


def _visible(pictures: list[Box], width: float, height: float) -> Iterator[Box]:
    for box in pictures:
        cut = Box(max(0.0, box.x0), max(0.0, box.y0), min(width, box.x1), min(height, box.y1))
        if cut.width > 1 and cut.height > 1:
            yield cut


def _placing(page: Any, turned: int) -> Place:
    """From the file's space to the page as it is read: cropped, turned, y downwards."""
    left, bottom, right, top = page.get_bbox()
    turn = (page.get_rotation() + turned) % 360

    def place(x0: float, y0: float, x1: float, y1: float) -> Box:
        if turn == 90:
            return Box(y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        if turn == 180:
            return Box(right - x1, y0 - bottom, right - x0, y1 - bottom)
        if turn == 270:
            return Box(top - y1, right - x1, top - y0, right - x0)
        return Box(x0 - left, top - y1, x1 - left, top - y0)

    return place


def _unreadable(called: str, code: int | None) -> InputRejected:
    if code == _PASSWORD:
        told = f"The PDF {called} is encrypted: save it without a password and send it again."
        return InputRejected("document_encrypted", told)
    told = f"The PDF {called} cannot be opened: it is damaged or cut off. Save it anew."
    return InputRejected("document_damaged", told)
