"""What a file is, by its bytes; what it is called counts only where it says something else."""

import zipfile
from pathlib import PurePath

from jobmill_engine import Input, InputRejected
from jobmill_engines.ocr.pictures import is_picture

PDF, DOCX, HTML, EPUB, PICTURE, TEXT = "PDF", "DOCX", "HTML", "ePub", "picture", "plain text"
_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARED = {
    "application/pdf": PDF,
    "application/x-pdf": PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "application/epub+zip": EPUB,
}
_SUFFIXES = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".epub": EPUB,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif"), PICTURE),
}
_TAGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<div", b"<p", b"<h1")


def kind_of(given: Input) -> str:
    """Its kind. Raises InputRejected for one that is not read, or that claims to be another."""
    with given.path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\0 \t\r\n"):
        raise InputRejected("document_empty", f"The input {given.name!r} is empty.")
    kind = _found(head, given)
    declared = _declared(given)
    if declared and declared != kind:
        told = f"The input {given.name!r} is sent as {_named(declared)}, but it is {_named(kind)}"
        raise InputRejected("mislabelled", f"{told}. Send it under its true name and type.")
    return kind


def _named(kind: str) -> str:
    return f"a {kind}" if kind == PICTURE else kind


def _found(head: bytes, given: Input) -> str:
    if b"%PDF-" in head[:1024]:
        return PDF
    if is_picture(head[:16]):
        return PICTURE
    if head.startswith(b"PK\x03\x04"):
        return _archive(given)
    if head.startswith(_OLE):
        told = f"The input {given.name!r} is an old or encrypted Office file"
        raise InputRejected("document_encrypted", f"{told}. Save it as DOCX without a password.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<!--")):
        start = start.partition(b">")[2].lstrip()
    if start.startswith(b"<") and any(tag in start[:2048] for tag in _TAGS):
        return HTML
    if _is_text(head) and given.media_type == "text/plain":
        return TEXT
    return _refuse(given)


def _archive(given: Input) -> str:
    try:
        with zipfile.ZipFile(given.path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                with archive.open("mimetype") as member:
                    if member.read(64).strip() == b"application/epub+zip":
                        return EPUB
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        told = f"The input {given.name!r} is a damaged archive ({error}). Save it anew."
        raise InputRejected("document_damaged", told) from None
    if "META-INF/container.xml" in names:
        return EPUB
    if "word/document.xml" in names or "[Content_Types].xml" in names:
        return DOCX
    return _refuse(given)


def _is_text(head: bytes) -> bool:
    try:
        head[: len(head) - 4 if len(head) == _HEAD else None].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def _refuse(given: Input) -> str:
    told = f"The input {given.name!r} is no document that can be read"
    known = "PDF, DOCX, HTML, ePub, pictures (PNG, JPEG, TIFF, WebP, BMP, GIF)"
    declared = _declared(given)
    code = "mislabelled" if declared else "not_a_document"
    claim = f", though it is sent as {declared}" if declared else ""
    raise InputRejected(code, f"{told}{claim}. Send one of: {known}.")


def _declared(given: Input) -> str | None:
    """What its media type says, else its name."""
    media_type = given.media_type.partition(";")[0].strip().lower()
    if media_type in _DECLARED:
        return _DECLARED[media_type]
    if media_type.startswith("image/"):
        return PICTURE
    if media_type in ("", "application/octet-stream"):
        return _SUFFIXES.get(PurePath(given.name).suffix.lower())
    return None
