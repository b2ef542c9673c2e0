"""Documents that are broken, huge, hostile or not what they claim: refused clearly, and soon."""

import io
import resource
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from jobmill_engine import InputRejected, LimitReached
from jobmill_engines.document_reader.engine import DocumentReader
from tests.engines.documents.chain import task_of
from tests.engines.documents.making.known import WRITERS

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EPUB = "application/epub+zip"
ANY = "application/octet-stream"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MOST_MEGABYTES = 200


def read(folder: Path, data: bytes, media_type: str = ANY, **parameters: Any) -> dict[str, Any]:
    task, _ = task_of(folder, data, media_type, {"page_image_height": 0, **parameters})
    return dict(DocumentReader().run(task))


def refused(folder: Path, data: bytes, media_type: str = ANY, **parameters: Any) -> str:
    with pytest.raises((InputRejected, LimitReached)) as told:
        read(folder, data, media_type, **parameters)
    assert len(str(told.value)) > 20
    return told.value.code


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842), **how: Any) -> bytes:
    data = io.BytesIO()
    pen = canvas.Canvas(data, pagesize=size, **how)
    for number in range(pages):
        pen.drawString(20, 20, f"Page {number}")
        pen.showPage()
    pen.save()
    return data.getvalue()


def archive(members: dict[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return data.getvalue()


def book(chapter: str) -> bytes:
    item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    package = f'<package>{item}<itemref idref="a"/></package>'
    container = '<container><rootfile full-path="c.opf"/></container>'
    return archive(
        {
            "mimetype": EPUB,
            "META-INF/container.xml": container,
            "c.opf": package,
            "a.xhtml": chapter,
        }
    )


def word(body: str, before: str = "") -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}">{body}</w:document>'
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": text})


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, b"") == "document_empty"
    assert refused(tmp_path, b" \n\n") == "document_empty"


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    data = pdf(encrypt=StandardEncryption("secret", canPrint=0))
    assert refused(tmp_path, data, PDF) == "document_encrypted"


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    data = pdf(encrypt=StandardEncryption("", ownerPassword="mine", canPrint=0))
    assert read(tmp_path, data, PDF)["pages"][0]["lines"][0]["text"] == "Page 0"


@pytest.mark.parametrize("kept", [30, 200, 900])
def test_a_pdf_that_is_cut_off_is_refused_or_mended(tmp_path: Path, kept: int) -> None:
    data = pdf(3)[:kept]
    assert refused(tmp_path, data, PDF) in ("document_damaged", "document_empty")


def test_a_pdf_of_noise_is_refused(tmp_path: Path) -> None:
    noise = b"%PDF-1.7\n" + bytes((n * 7919) % 251 for n in range(40_000))
    assert refused(tmp_path, noise, PDF) == "document_damaged"


def test_too_many_pages_are_refused_before_they_are_read(tmp_path: Path) -> None:
    assert refused(tmp_path, pdf(12), PDF, max_pages=11) == "too_many_pages"


def test_a_huge_page_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, pdf(size=(40_000, 40_000)), PDF) == "page_too_large"


def test_a_large_page_is_shown_in_few_pixels(tmp_path: Path) -> None:
    task, sent = task_of(tmp_path, pdf(size=(14_000, 200)), PDF, {"page_image_height": 8192})
    DocumentReader().run(task)
    (shown,) = [each for each in sent if getattr(each, "port", "") == "pages"]
    with Image.open(tmp_path / shown.path) as picture:  # type: ignore[attr-defined]
        assert picture.width * picture.height <= 31_000_000


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused(tmp_path: Path) -> None:
    """A PNG of 60,000 x 60,000 points in 60 bytes of header and little data."""
    header = (60_000).to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10_000)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )
    assert refused(tmp_path, data, "image/png") == "picture_too_large"


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"Just some text in a file.", PDF, "mislabelled"),
        (b"<html><body><p>Hello</p></body></html>", PDF, "mislabelled"),
        (b"%PDF-1.7 and so on", "text/html", "mislabelled"),
        (b"%PDF-1.7 and so on", "image/png", "mislabelled"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 100, ANY, "not_a_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, DOCX, "document_encrypted"),
    ],
)
def test_what_is_not_what_it_claims_is_refused(
    tmp_path: Path, data: bytes, media_type: str, code: str
) -> None:
    assert refused(tmp_path, data, media_type) == code


def test_the_name_counts_where_no_type_is_told(tmp_path: Path) -> None:
    task, _ = task_of(tmp_path, b"\x89PNG\r\n\x1a\n" + b"\0" * 20, ANY, {}, "scan.pdf")
    with pytest.raises(InputRejected, match="sent as PDF, but it is a picture"):
        DocumentReader().run(task)


def test_an_archive_that_is_no_document_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, archive({"a.txt": "hello"})) == "not_a_document"
    assert refused(tmp_path, archive({"a.txt": "hello"})[:40]) == "document_damaged"


def test_a_bomb_in_a_word_file_is_refused_within_little_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    zeros = b"<w:p>" + b"\0" * (100 << 20)
    data = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": zeros})
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    del zeros
    assert refused(tmp_path, data, DOCX) == "document_too_large"
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - max(before, made) < MOST_MEGABYTES * 1024


def test_an_archive_with_a_crowd_of_members_is_refused(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {f"word/{n}": b"" for n in range(20_001)}
    data = archive({"word/document.xml": "<x/>", **members})
    assert refused(tmp_path, data, DOCX) == "document_too_large"


def test_entities_in_xml_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert refused(tmp_path, word("<w:body/>", laughs), DOCX) == "document_unsafe"
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert refused(tmp_path, word("<w:body/>", outside), DOCX) == "document_unsafe"


def test_entities_in_pages_and_books_are_refused_and_bare_document_types_are_not(
    tmp_path: Path,
) -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>&f;</p></body></html>'
    outside = f'<!DOCTYPE html [<!ENTITY f SYSTEM "file:///etc/passwd">]>{page}'
    assert refused(tmp_path, outside.encode(), "text/html") == "document_unsafe"
    assert refused(tmp_path, book(outside), EPUB) == "document_unsafe"
    known = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/xhtml11.dtd">'
    (found,) = read(tmp_path, book(known + page), EPUB)["pages"]
    assert [line["text"] for line in found["lines"]] == ["&f;"]


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    deep = "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000
    assert refused(tmp_path, word(f"<w:body>{deep}</w:body>"), DOCX) == "document_too_deep"
    page = b"<html><body>" + b"<div>" * 100_000
    assert refused(tmp_path, page, "text/html") == "document_too_deep"
    tables = b"<html><body>" + b"<table><tr><td>" * 90 + b"x"
    assert refused(tmp_path, tables, "text/html") == "document_too_deep"


def test_a_book_without_a_package_or_with_rights_is_refused(tmp_path: Path) -> None:
    start = {"mimetype": EPUB}
    assert refused(tmp_path, archive(start), EPUB) == "document_damaged"
    rights: dict[str, bytes | str] = {**start, "META-INF/rights.xml": "<r/>"}
    assert refused(tmp_path, archive(rights), EPUB) == "document_encrypted"


def test_a_page_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    page = b"<html><body><script>alert(1)</script></body></html>"
    assert refused(tmp_path, page, "text/html") == "document_empty"


def test_pages_without_text_are_no_fault_where_nothing_is_to_be_recognised(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(data, "PNG")
    layout = read(tmp_path, data.getvalue(), "image/png", ocr="never")
    assert layout["pages"][0] | {"lines": []} == {
        "number": 1,
        "width": 300,
        "height": 400,
        "unit": "px",
        "source": "ocr",
        "lines": [],
    }


def test_every_known_layout_is_read_whole(tmp_path: Path) -> None:
    for writer in WRITERS:
        assert read(tmp_path, writer.make(1).data, writer.media_type)["pages"]
