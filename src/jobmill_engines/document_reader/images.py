"""Picture files as pages: a TIFF may have many. The only module that opens pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, LimitReached

MOST_PIXELS = 120_000_000
"""Of one page: a sheet of A3 in 600 dpi has about 70 million."""
_PAGED = ("TIFF",)
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM", "MPO")


class PictureFile:
    """An open picture file. Raises InputRejected for what is none."""

    def __init__(self, path: Path, called: str) -> None:
        from PIL import Image

        self._called = called
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # ours is looked at below
        try:
            self._file = Image.open(path, formats=_FORMATS)
            self.count = getattr(self._file, "n_frames", 1) if self._file.format in _PAGED else 1
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            told = f"The picture {called} cannot be opened: it is damaged. Save it again."
            raise InputRejected("document_damaged", told) from error
        finally:
            Image.MAX_IMAGE_PIXELS = limit

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def pages(self) -> Iterator[Any]:
        """Each as RGB, upright, on white where it is transparent."""
        for number in range(self.count):
            try:
                self._file.seek(number)
            except (OSError, EOFError, ValueError) as error:
                raise self._damaged(error) from error
            if self._file.width * self._file.height > MOST_PIXELS:
                size = f"{self._file.width} x {self._file.height}"
                told = f"The picture {self._called} has {size} points: {MOST_PIXELS:,} are the most"
                raise LimitReached("picture_too_large", f"{told}. Make it smaller, or cut it.")
            yield self._upright()

    def _upright(self) -> Any:
        from PIL import Image, ImageOps

        try:
            picture = ImageOps.exif_transpose(self._file)
            if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
                picture = picture.convert("RGBA")
                white = Image.new("RGBA", picture.size, "white")
                picture = Image.alpha_composite(white, picture)
            return picture.convert("RGB")
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: BaseException) -> InputRejected:
        told = f"The picture {self._called} is damaged ({error}). Save it again."
        return InputRejected("document_damaged", told)
