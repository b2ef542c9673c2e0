"""Finds the faces in a picture, the large and the small; parameters as in `engine.toml`."""

from typing import Any

from jobmill_engine import Engine, InputRejected, Result, Task
from jobmill_engines.document_reader.images import PictureFile
from jobmill_engines.faces.boxes import SIDE, Face, Square, anchors, faces_in, once, squares
from jobmill_engines.faces.network import MODEL, Network
from jobmill_engines.ocr.pictures import is_picture, no_image
from jobmill_engines.texts.threads import fair_threads


class Faces(Engine):
    """Boxes of faces as a document of facts."""

    def __init__(self) -> None:
        self._network: Network | None = None
        self._anchors = anchors()

    def run(self, task: Task) -> Result | None:
        if self._network is None:
            self._network = Network(int(task.parameters.get("threads") or fair_threads()))
        least = float(task.parameters.get("min_confidence", 0.6))
        deep = int(task.parameters.get("depth", 1))
        objects: list[dict[str, Any]] = []
        pages = _pages(task)
        for number, picture in enumerate(pages, 1):
            task.check_cancelled()
            found = self._faces(picture, least, deep)
            page = {"page": number} if len(pages) > 1 else {}
            objects += [_told(face, *picture.size, **page) for face in found]
            task.progress(number, len(pages), "pictures")
        if task.mode == "chunk" and not objects:
            return None
        return {"objects": objects, "summary": {"model": MODEL, "faces": len(objects)}}

    def _faces(self, picture: Any, least: float, deep: int) -> list[Face]:
        assert self._network is not None  # noqa: S101  `run` has made it
        found: list[Face] = []
        width, height = picture.size
        for square in squares(width, height, deep):
            boxes, logits = self._network.detect(_cut(picture, square))
            found += faces_in(square, boxes, logits, self._anchors, least)
        return once(found)


def _pages(task: Task) -> list[Any]:
    given = task.input()
    called = f"chunk {given.number}" if given.number is not None else repr(given.name)
    with given.open() as start:
        if not is_picture(start.read(16)):
            raise InputRejected("not_an_image", no_image(called))
    file = PictureFile(given.path, called)
    try:
        return list(file.pages())
    finally:
        file.close()


def _cut(picture: Any, square: Square) -> Any:
    """A square of the picture in the network's size; what lies outside of it is black."""
    from PIL import Image

    box = (square.x, square.y, square.x + square.side, square.y + square.side)
    whole = picture.crop(tuple(round(each) for each in box))
    return whole.resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)


def _told(face: Face, width: int, height: int, **page: int) -> dict[str, Any]:
    left, right = (_share(each, width) for each in (face.x, face.x + face.width))
    top, bottom = (_share(each, height) for each in (face.y, face.y + face.height))
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    box = [{"x": x, "y": y} for x, y in corners]
    return {"type": "face", "confidence": round(face.confidence, 4), "box": box, **page}


def _share(pixels: float, length: int) -> float:
    return round(min(1.0, max(0.0, pixels / length)), 5)
