"""ePub: its chapters in reading order, as a flow."""

import posixpath
import re
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from jobmill_engine import InputRejected
from jobmill_engines.document_reader.archives import Archive
from jobmill_engines.document_reader.flow import Flow
from jobmill_engines.document_reader.hypertext import read_hypertext
from jobmill_engines.document_reader.safe_xml import parse_xml

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_CHAPTERS = frozenset(("application/xhtml+xml", "text/html"))


def read_book(path: Path, called: str, flow: Flow) -> None:
    """Put all chapters into a flow. Raises InputRejected and LimitReached."""
    with closing(Archive(path, called)) as archive:
        if _RIGHTS in archive.names:
            told = f"The book {called} is protected (DRM): it cannot be read"
            raise InputRejected("document_encrypted", f"{told}.")
        chapters = _chapters(archive, called)
        if not chapters:
            raise InputRejected("document_empty", f"The book {called} has no chapters.")
        for chapter in chapters:
            read_hypertext(archive.read(chapter), chapter, flow)
            flow.page_break()


def _chapters(archive: Archive, called: str) -> list[str]:
    package = _package(archive, called)
    root = parse_xml(_without_doctype(archive.read(package)), package)
    home = posixpath.dirname(package)
    items: dict[str, str] = {}
    for item in root.iter():
        if _name(item) == "item" and item.get("media-type") in _CHAPTERS:
            href = unquote(item.get("href", "")).partition("#")[0]
            items[item.get("id", "")] = posixpath.normpath(posixpath.join(home, href))
    spine = [each.get("idref", "") for each in root.iter() if _name(each) == "itemref"]
    return [items[each] for each in spine if items.get(each) in archive.names]


def _package(archive: Archive, called: str) -> str:
    if _CONTAINER in archive.names:
        root = parse_xml(archive.read(_CONTAINER), _CONTAINER)
        for each in root.iter():
            if _name(each) == "rootfile" and each.get("full-path") in archive.names:
                return str(each.get("full-path"))
    told = f"The book {called} is damaged: {_CONTAINER} names no package"
    raise InputRejected("document_damaged", f"{told}. Save it anew.")


def _without_doctype(data: bytes) -> bytes:
    """Old packages name a document type without entities: it says nothing, and goes."""
    return re.sub(rb"<!DOCTYPE[^\[>]{0,300}>", b"", data[:4096]) + data[4096:]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
