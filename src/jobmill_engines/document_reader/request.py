"""What one reading asks for: its parameters, checked, with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobmill_engines.texts.threads import fair_threads

NEVER, NEEDED, ALWAYS = "never", "needed", "always"


@dataclass(frozen=True, slots=True)
class Request:
    """`image_height` in pixels, 0 for no pictures of pages."""

    ocr: str
    reader: str
    languages: tuple[str, ...]
    threads: int
    image_height: int
    max_pages: int


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request of parameters that fit the manifest's schema."""
    return Request(
        ocr=parameters.get("ocr", NEEDED),
        reader=parameters.get("reader", "rapidocr"),
        languages=tuple(parameters.get("languages") or ("en",)),
        threads=parameters.get("threads") or fair_threads(),
        image_height=parameters.get("page_image_height", 1024),
        max_pages=parameters.get("max_pages", 500),
    )
