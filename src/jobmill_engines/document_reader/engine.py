"""Reads a document of any kind page by page, hands on pictures of its pages, answers its layout."""

import io
import math
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from jobmill_engine import Engine, Input, InputRejected, LimitReached, Result, Task
from jobmill_engines.document_reader import kinds
from jobmill_engines.document_reader.books import read_book
from jobmill_engines.document_reader.flow import Flow
from jobmill_engines.document_reader.hypertext import read_hypertext
from jobmill_engines.document_reader.images import MOST_PIXELS, PictureFile
from jobmill_engines.document_reader.pdf import PdfFile, is_scan
from jobmill_engines.document_reader.plain_text import read_plain
from jobmill_engines.document_reader.request import ALWAYS, NEEDED, Request, read_request
from jobmill_engines.document_reader.scans import Recogniser
from jobmill_engines.document_reader.word_file import read_word_file
from jobmill_engines.documents.model import Page
from jobmill_engines.documents.writing import layout_json

LARGEST = 512 << 20
"""Bytes of one document."""
SCAN_SCALE = 2.5
"""Pixels a point in which scanned pages of a PDF are looked at: 180 dpi."""


class DocumentReader(Engine):
    """Words with their place; parameters as in `engine.toml`."""

    def __init__(self) -> None:
        self._recogniser = Recogniser()

    def run(self, task: Task) -> Result:
        request = read_request(task.parameters)
        given = task.input()
        kind = kinds.kind_of(given)
        _check_size(given)
        pages = list(self._pages(task, given, kind, request))
        return layout_json(pages) | {"kind": kind, "name": given.name}

    def _pages(self, task: Task, given: Input, kind: str, request: Request) -> Iterator[Page]:
        if kind == kinds.PDF:
            with closing(PdfFile(given.path, repr(given.name))) as file:
                yield from self._pdf(task, file, given, request)
        elif kind == kinds.PICTURE:
            with closing(PictureFile(given.path, repr(given.name))) as pictures:
                yield from self._pictures(task, pictures, given, request)
        else:
            yield from _flowing(given, kind, request)

    def _pdf(self, task: Task, file: PdfFile, given: Input, request: Request) -> Iterator[Page]:
        _check_count(file.count, given, request)
        for number in range(1, file.count + 1):
            task.check_cancelled()
            page = file.page(number)
            shown: Any = None
            if request.ocr == ALWAYS or (request.ocr == NEEDED and is_scan(page)):
                scale = _scale(page)
                scan = self._recogniser.scan(
                    request, file.picture(number, scale), number, "pt", scale
                )
                page, shown = scan.page, scan.picture
            if request.image_height:
                if shown is None:
                    fits = _within(request.image_height / page.height, page)
                    shown = file.picture(number, fits, page.turned)
                hand_on(task, number, shown, request.image_height)
            yield page
            task.progress(number, file.count, "pages")

    def _pictures(
        self, task: Task, file: PictureFile, given: Input, request: Request
    ) -> Iterator[Page]:
        _check_count(file.count, given, request)
        for number, picture in enumerate(file.pages(), 1):
            task.check_cancelled()
            page, shown = Page(number, picture.width, picture.height, "px", "ocr"), picture
            if request.ocr in (ALWAYS, NEEDED):
                scan = self._recogniser.scan(request, picture, number, "px", 1.0)
                page, shown = scan.page, scan.picture
            if request.image_height:
                hand_on(task, number, shown, request.image_height)
            yield page
            task.progress(number, file.count, "pages")


def _flowing(given: Input, kind: str, request: Request) -> list[Page]:
    """The pages of a document that has none of its own."""
    called = repr(given.name)
    flow = Flow(called, request.max_pages)
    if kind == kinds.DOCX:
        read_word_file(given.path, called, flow)
    elif kind == kinds.EPUB:
        read_book(given.path, called, flow)
    elif kind == kinds.HTML:
        read_hypertext(given.path.read_bytes(), called, flow)
    else:
        read_plain(given.path.read_bytes(), called, flow)
    pages = flow.pages()
    if not any(page.lines or page.pictures for page in pages):
        raise InputRejected("document_empty", f"The document {called} shows nothing.")
    return pages


def hand_on(task: Task, number: int, picture: Any, height: int) -> None:
    """A picture of a page in that height, as a part of the port `pages`."""
    from PIL import Image

    if picture.height > height * 1.02:
        width = max(1, round(picture.width * height / picture.height))
        picture = picture.resize((width, height), Image.Resampling.BILINEAR)
    data = io.BytesIO()
    picture.save(data, "PNG", compress_level=1)
    meta = {"page": number, "width": picture.width, "height": picture.height}
    task.output("pages", data.getvalue(), "image/png", meta)


def _scale(page: Page) -> float:
    """That of scans, less for pages that would have too many pixels."""
    return _within(SCAN_SCALE, page)


def _within(scale: float, page: Page) -> float:
    most = math.sqrt(MOST_PIXELS / 4 / (page.width * page.height))
    return min(scale, most)


def _check_size(given: Input) -> None:
    size = given.path.stat().st_size
    if size > LARGEST:
        told = f"The document {given.name!r} has {size >> 20} MiB: {LARGEST >> 20} are the most."
        raise LimitReached("document_too_large", f"{told} Split it.")


def _check_count(count: int, given: Input, request: Request) -> None:
    if count > request.max_pages:
        told = f"The document {given.name!r} has {count} pages: {request.max_pages} are the most"
        raise LimitReached("too_many_pages", f"{told}. Split it, or raise `max_pages`.")
