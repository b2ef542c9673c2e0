"""Text in pictures by RapidOCR, whose models lie in its package. Nothing else imports it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, LimitReached, ModelMissing, add_libraries
from jobmill_engines.ocr.model import Line, inside
from jobmill_engines.ocr.pictures import is_picture, no_image

EXTRA = "ocr"
MODEL = "rapidocr"
MOST_PIXELS = 120_000_000
"""Of one page: a sheet of A3 in 600 dpi has about 70 million."""
_PAGED = ("TIFF",)
_WHOLE = {"use_det": True, "use_cls": True, "use_rec": True}
_DIRECTION = {"use_det": False, "use_cls": True, "use_rec": False}
"""RapidOCR keeps what it was told last: every call tells all of it."""


class RapidReader:
    """Loaded models. Raises ModelMissing without the libraries."""

    name = MODEL

    def __init__(self, threads: int) -> None:
        self._image, rapid = _libraries()
        settings = {
            "Global.log_level": "error",
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        self._read = rapid.RapidOCR(params=settings)

    def pages(self, path: Path, called: str) -> Iterator[list[Line]]:
        """The lines of each page: of a TIFF all, of any other file the first picture."""
        import numpy as np

        for picture in self._pictures(path, called):
            width, height = picture.size
            pixels = np.asarray(picture)[:, :, ::-1]  # RapidOCR wants blue first
            found = self._read(np.ascontiguousarray(pixels), **_WHOLE)
            yield list(_lines(found, width, height))

    def words(self, picture: Any) -> list[Line]:
        """The words of a Pillow picture (RGB), each as a line of its own, in the lines' order."""
        import numpy as np

        pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
        found = self._read(pixels, return_word_box=True, **_WHOLE)
        width, height = picture.size
        words = []
        for line in getattr(found, "word_results", None) or ():
            for text, score, box in line:
                corners = tuple(inside(float(x), float(y), width, height) for x, y in box)
                if str(text).strip():
                    words.append(Line(str(text).strip(), min(1.0, max(0.0, float(score))), corners))
        return words

    def upside_down(self, pieces: Sequence[Any]) -> bool:
        """Whether most of these pictures of words stand on their head."""
        import numpy as np

        votes = 0.0
        for piece in pieces:
            pixels = np.ascontiguousarray(np.asarray(piece)[:, :, ::-1])
            for label, sure in self._read(pixels, **_DIRECTION).cls_res or ():
                votes += sure if label == "180" else -sure
        return votes > 0

    def _pictures(self, path: Path, called: str) -> Iterator[Any]:
        """Each as RGB, upright, on white where it is transparent."""
        with self._opened(path, called) as file:
            count = getattr(file, "n_frames", 1) if file.format in _PAGED else 1
            for number in range(count):
                file.seek(number)
                if file.width * file.height > MOST_PIXELS:
                    raise _too_large(called, file.width, file.height)
                yield self._upright(file, called)

    def _opened(self, path: Path, called: str) -> Any:
        with path.open("rb") as start:
            if not is_picture(start.read(16)):
                raise InputRejected("not_an_image", no_image(called))
        limit, self._image.MAX_IMAGE_PIXELS = self._image.MAX_IMAGE_PIXELS, None  # ours is below
        try:
            return self._image.open(path)
        except (OSError, SyntaxError, ValueError) as error:
            raise InputRejected("not_an_image", no_image(called)) from error
        finally:
            self._image.MAX_IMAGE_PIXELS = limit

    def _upright(self, file: Any, called: str) -> Any:
        from PIL import ImageOps

        try:
            picture = ImageOps.exif_transpose(file)
            if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
                picture = picture.convert("RGBA")
                white = self._image.new("RGBA", picture.size, "white")
                picture = self._image.alpha_composite(white, picture)
            return picture.convert("RGB")
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            told = f"The picture {called} is damaged ({error}). Save it again."
            raise InputRejected("image_damaged", told) from error


def _too_large(called: str, width: int, height: int) -> LimitReached:
    told = f"The picture {called} has {width} x {height} points: {MOST_PIXELS:,} are the most."
    return LimitReached("picture_too_large", f"{told} Make it smaller, or cut it.")


def _lines(found: Any, width: int, height: int) -> Iterator[Line]:
    if found.boxes is None or found.txts is None:
        return
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        corners = tuple(inside(float(x), float(y), width, height) for x, y in box)
        if str(text).strip():
            yield Line(str(text).strip(), min(1.0, max(0.0, float(score))), corners)


def _libraries() -> tuple[Any, Any]:
    add_libraries(EXTRA)
    try:
        import rapidocr
        from PIL import Image
    except (ImportError, OSError) as error:
        raise ModelMissing(MODEL, f"lacks its libraries ({error})") from error
    return Image, rapidocr
