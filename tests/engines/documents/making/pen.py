"""A pen that draws pages of PDF from the top left, in points."""

import io
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import canvas

A4 = (595.0, 842.0)
LETTER = (612.0, 792.0)


class Pen:
    """`text` gives back where the text ends. `turned`: degrees clockwise by which all that it draws
    is turned on the page, which has `size` before that."""

    def __init__(
        self, size: tuple[float, float] = A4, family: str = "Helvetica", turned: int = 0
    ) -> None:
        self.width, self.height = size
        self._data = io.BytesIO()
        sheet = size[::-1] if turned % 180 else size
        self._canvas: Any = canvas.Canvas(self._data, pagesize=sheet, invariant=1)
        self._family, self._turned = family, turned
        self._turn()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10,
        *,
        bold: bool = False,
        italic: bool = False,
        align: str = "left",
        grey: float = 0.0,
    ) -> float:
        """Write a line whose top is at y; `align` says what of it is at x."""
        font = self.font(bold=bold, italic=italic)
        wide = float(stringWidth(text, font, size))
        left = x - {"left": 0.0, "right": wide, "center": wide / 2}[align]
        self._canvas.setFillGray(grey)
        self._canvas.setFont(font, size)
        self._canvas.drawString(left, self.height - y - 0.8 * size, text)
        return left + wide

    def font(self, *, bold: bool = False, italic: bool = False) -> str:
        """The name of a face."""
        slanted = "Italic" if self._family == "Times" else "Oblique"
        face = ("Bold" if bold else "") + (slanted if italic else "")
        plain = "Times-Roman" if self._family == "Times" else self._family
        return f"{self._family}-{face}" if face else plain

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6) -> None:
        """A rule."""
        self._canvas.setLineWidth(width)
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(
        self, x: float, y: float, width: float, height: float, fill: float | None = None
    ) -> None:
        """A rectangle, filled with a grey or only drawn."""
        self._canvas.setLineWidth(0.6)
        if fill is not None:
            self._canvas.setFillGray(fill)
        at = self.height - y - height
        self._canvas.rect(
            x, at, width, height, stroke=int(fill is None), fill=int(fill is not None)
        )

    def paragraph(self, x: float, y: float, width: float, text: str, size: float = 10) -> float:
        """Prose in lines of that width; gives back where the next may begin."""
        row = ""
        for word in text.split():
            longer = f"{row} {word}".strip()
            if stringWidth(longer, self.font(), size) > width and row:
                self.text(x, y, row, size)
                y += 1.25 * size
                row = word
            else:
                row = longer
        self.text(x, y, row, size)
        return y + 1.25 * size

    def page(self) -> None:
        """End this page."""
        self._canvas.showPage()
        self._turn()

    def upwards(self, x: float, y: float, text: str, size: float = 10) -> None:
        """Write a line that begins there and runs up the page."""
        self._canvas.saveState()
        self._canvas.translate(x, self.height - y)
        self._canvas.rotate(90)
        self._canvas.setFont(self.font(), size)
        self._canvas.drawString(0, 0, text)
        self._canvas.restoreState()

    def _turn(self) -> None:
        across, down = {90: (0, 1), 180: (1, 1), 270: (1, 0)}.get(self._turned, (0, 0))
        wide, high = (self.height, self.width) if self._turned % 180 else (self.width, self.height)
        self._canvas.translate(across * wide, down * high)
        self._canvas.rotate(-self._turned)

    def pdf(self) -> bytes:
        """The file."""
        self._canvas.save()
        return self._data.getvalue()
