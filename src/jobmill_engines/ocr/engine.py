"""Optical character recognition as an engine: opens the picture, has it read, puts it in order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from jobmill_engine import Engine, Result, Task
from jobmill_engines.ocr.model import Line
from jobmill_engines.ocr.order import paragraphs_of, text_of
from jobmill_engines.ocr.request import Request, read_request
from jobmill_engines.ocr.tesseract import Tesseract
from jobmill_engines.ocr.with_rapidocr import RapidReader


class Reader(Protocol):
    """Reads the pages of a picture file."""

    name: str

    def pages(self, path: Path, called: str) -> Iterator[list[Line]]:
        """The lines of each page. Raises InputRejected and LimitReached."""
        ...


class OcrEngine(Engine):
    """Lines with their place; parameters as in `engine.toml`."""

    def __init__(self) -> None:
        self._kept: tuple[Request, Reader] | None = None

    def run(self, task: Task) -> Result | None:
        request = read_request(task.parameters)
        reader = self._reader(request)
        given = task.input()
        called = f"chunk {given.number}" if given.number is not None else repr(given.name)
        pages = []
        for lines in reader.pages(given.path, called):
            task.check_cancelled()
            pages.append([each for each in lines if each.confidence >= request.min_confidence])
            task.progress(len(pages), None, "pages")
        return _document(pages, reader.name, in_chunk=task.mode == "chunk")

    def _reader(self, request: Request) -> Reader:
        """That of the last task, if it asked for the same."""
        if self._kept is None or self._kept[0] != request:
            self._kept = None
            fresh: Reader = (
                RapidReader(request.threads)
                if request.reader == "rapidocr"
                else Tesseract(request.languages, request.threads)
            )
            self._kept = (request, fresh)
        return self._kept[1]


def _document(pages: list[list[Line]], reader: str, *, in_chunk: bool) -> dict[str, Any] | None:
    """In a chunk nothing has a paragraph: what a frame shows has times instead."""
    ordered = [paragraphs_of(lines) for lines in pages]
    objects = list(_objects(ordered, in_chunk=in_chunk))
    if in_chunk and not objects:
        return None
    text = "\n\n".join(text for text in map(text_of, ordered) if text)
    return {"text": text, "objects": objects, "summary": {"model": reader}}


def _objects(ordered: list[list[list[list[Line]]]], *, in_chunk: bool) -> Iterator[dict[str, Any]]:
    for page, paragraphs in enumerate(ordered, 1):
        for paragraph, rows in enumerate(paragraphs, 1):
            place = {"paragraph": paragraph} if not in_chunk else {}
            if len(ordered) > 1:
                place["page"] = page
            yield from (line.found(**place) for line in _flat(rows))


def _flat(rows: Iterable[Iterable[Line]]) -> Iterator[Line]:
    for row in rows:
        yield from row
