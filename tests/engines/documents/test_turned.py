"""Pages that stand on their side or on their head: their text, scans of them, pictures."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from jobmill_engines.document_reader.engine import DocumentReader
from jobmill_engines.document_reader.upright import lies, quarters_turned
from tests.engines.conftest import Install
from tests.engines.documents.chain import Scores, layout, points, task_of
from tests.engines.documents.making import known, unseen
from tests.engines.documents.making.made import Made, Writer
from tests.engines.documents.making.pen import A4, Pen
from tests.engines.documents.making.scanned import pictures, scan, turned_scan, worn

TURNS = (90, 180, 270)
PAPERS = [writer for writer in (*known.WRITERS, *unseen.WRITERS) if "pdf" in writer.media_type]


def shown_turned(made: Made, degrees: int) -> Made:
    """The PDF with pages that are shown turned clockwise."""
    import pypdfium2

    file = pypdfium2.PdfDocument(made.data)
    for page in file:
        page.set_rotation((page.get_rotation() + degrees) % 360)
    data = io.BytesIO()
    file.save(data)
    file.close()
    return Made(
        f"{made.name} at {degrees}", made.kind, data.getvalue(), made.media_type, made.expected
    )


def texts(page: dict[str, Any]) -> list[str]:
    return [line["text"] for line in page["lines"]]


def written_turned(degrees: int) -> bytes:
    """A page in whose own space the text is turned clockwise, with a rule below its heading."""
    pen = Pen(A4, turned=degrees)
    pen.text(60, 60, "Delivery note 4711", 20)
    pen.line(60, 90, 500, 90)
    for number in range(8):
        pen.text(60, 120 + 20 * number, f"Position {number} of what was brought to the yard")
    return pen.pdf()


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("writer", PAPERS[::4], ids=lambda writer: writer.name)
def test_a_pdf_that_is_shown_turned_reads_as_if_it_were_not(
    tmp_path: Path, writer: Writer, degrees: int
) -> None:
    made = writer.make(3)
    straight = layout(tmp_path, made)
    turned = layout(tmp_path, shown_turned(made, degrees))
    assert [page["turned"] for page in turned["pages"]] == [360 - degrees] * len(turned["pages"])
    for page in turned["pages"]:
        del page["turned"]
    assert turned["pages"] == straight["pages"]


@pytest.mark.parametrize("degrees", TURNS)
def test_text_that_is_written_turned_is_turned_back_with_its_rules_and_its_picture(
    tmp_path: Path, degrees: int
) -> None:
    data = written_turned(degrees)
    task, sent = task_of(tmp_path, data, "application/pdf", {"page_image_height": 842})
    (page,) = DocumentReader().run(task)["pages"]
    assert page["turned"] == 360 - degrees
    assert (page["width"], page["height"]) == A4
    assert texts(page)[0] == "Delivery note 4711"
    assert len(texts(page)) == 9
    (rule,) = page["rules"]
    assert rule == pytest.approx([60 / 595, 90 / 842, 500 / 595, 90 / 842], abs=0.002)
    from PIL import Image

    (part,) = [each for each in sent if getattr(each, "port", None) == "pages"]
    shown = Image.open(tmp_path / part.path)
    assert shown.height == 842
    assert shown.convert("L").getpixel((300, 90)) < 128


def test_a_page_with_a_turned_label_on_its_side_stays_as_it_is(tmp_path: Path) -> None:
    pen = Pen()
    for number in range(6):
        pen.text(60, 60 + 20 * number, f"Line {number} of a page that stands upright")
    pen.upwards(30, 500, "Form 12-B, keep in a dry place")
    made = Made("label", "form", pen.pdf(), "application/pdf", {})
    (page,) = layout(tmp_path, made)["pages"]
    assert "turned" not in page
    assert texts(page)[:6] == [f"Line {n} of a page that stands upright" for n in range(6)]


@pytest.mark.parametrize("writer", PAPERS, ids=lambda writer: writer.name)
def test_lines_of_a_scan_show_along_which_edge_they_run(writer: Writer) -> None:
    for number, page in enumerate(pictures(writer.make(100).data)):
        shown = worn(page, 100 + number, 1.2, 14.0, 60)
        assert not lies(shown)
        assert lies(quarters_turned(shown, 1))


def test_an_empty_page_lies_nowhere() -> None:
    from PIL import Image

    assert not lies(Image.new("RGB", (800, 600), "white"))


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("reader", ["rapidocr", "tesseract"])
def test_a_turned_scan_is_read_like_one_that_stands_upright(
    tmp_path: Path, real_models: Install, reader: str, degrees: int
) -> None:
    if reader == "rapidocr":
        real_models("rapidocr")
    elif shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not here: apt-get install tesseract-ocr tesseract-ocr-eng")
    made = turned_scan(PAPERS[0].make(100), degrees, seed=100)
    (page,) = layout(tmp_path, made, reader=reader)["pages"]
    assert page["turned"] == 360 - degrees
    assert page["height"] > page["width"]
    assert made.expected["invoice.number"] in " ".join(texts(page))


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_turned_scans_lose_next_to_nothing(tmp_path: Path, real_models: Install) -> None:
    real_models("rapidocr")
    upright, turned = Scores(), Scores()
    for number, writer in enumerate(PAPERS[::2]):
        made = writer.make(100)
        upright.add(made, points(tmp_path, scan(made, seed=100), reader="rapidocr"))
        back = turned_scan(made, TURNS[number % 3], seed=100)
        turned.add(made, points(tmp_path, back, reader="rapidocr"))
    print("", *turned.lines(), *turned.faults, sep="\n")
    assert turned.whole().precision >= upright.whole().precision - 0.02
    assert turned.whole().recall >= upright.whole().recall - 0.02
