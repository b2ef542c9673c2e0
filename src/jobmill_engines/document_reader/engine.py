"""Reads a document of any kind page by page, hands on pictures of its pages, answers its layout."""

import io
from collections.abc import Iterator
from typing import Any

from jobmill_engine import Engine, Input, LimitReached, Result, Task
from jobmill_engines.document_reader import kinds
from jobmill_engines.document_reader.pdf import PdfFile
from jobmill_engines.document_reader.request import Request, read_request
from jobmill_engines.documents.model import Page
from jobmill_engines.documents.writing import layout_json

LARGEST = 512 << 20
"""Bytes of one document."""


class DocumentReader(Engine):
    """Words with their place; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result:
        request = read_request(task.parameters)
        given = task.input()
        kind = kinds.kind_of(given)
        _check_size(given)
        pages = list(self._pages(task, given, kind, request))
        return layout_json(pages) | {"kind": kind, "name": given.name}

    def _pages(self, task: Task, given: Input, kind: str, request: Request) -> Iterator[Page]:
        if kind == kinds.PDF:
            yield from self._pdf(task, given, request)

    def _pdf(self, task: Task, given: Input, request: Request) -> Iterator[Page]:
        file = PdfFile(given.path, repr(given.name))
        try:
            _check_count(file.count, given, request)
            for number in range(1, file.count + 1):
                task.check_cancelled()
                page = file.page(number)
                if request.image_height:
                    shown = file.picture(number, request.image_height / page.height)
                    hand_on(task, number, shown)
                yield page
                task.progress(number, file.count, "pages")
        finally:
            file.close()


def hand_on(task: Task, number: int, picture: Any) -> None:
    """A picture of a page, as a part of the port `pages`."""
    data = io.BytesIO()
    picture.save(data, "PNG", compress_level=1)
    meta = {"page": number, "width": picture.width, "height": picture.height}
    task.output("pages", data.getvalue(), "image/png", meta)


def _check_size(given: Input) -> None:
    size = given.path.stat().st_size
    if size > LARGEST:
        told = f"The document {given.name!r} has {size >> 20} MiB: {LARGEST >> 20} are the most."
        raise LimitReached("document_too_large", f"{told} Split it.")


def _check_count(count: int, given: Input, request: Request) -> None:
    if count > request.max_pages:
        told = f"The document {given.name!r} has {count} pages: {request.max_pages} are the most"
        raise LimitReached("too_many_pages", f"{told}. Split it, or raise `max_pages`.")
