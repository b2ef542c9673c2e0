"""Text in pictures: what is read, where it stands, and what is said about what is no picture."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected, LimitReached, ModelMissing
from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.ocr import with_rapidocr
from jobmill_engines.ocr.engine import OcrEngine
from jobmill_engines.ocr.pictures import is_picture
from tests.engines.conftest import Install
from tests.engines.ocr.made import FontMissing, picture
from tests.engines.texts.tasks import Ran, missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/ocr"
TESSERACT = {"reader": "tesseract"}
WORDS = [("Harbour report", (100, 80)), ("Invoice 4711", (100, 300)), ("128.50 EUR", (600, 300))]
PNG = "image/png"


@pytest.mark.usefixtures("no_models")
def test_a_missing_reader_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jobmill models install rapidocr" in missing_model(FOLDER, tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    command = "apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim"
    with pytest.raises(ModelMissing, match=command):
        run(OcrEngine(), tmp_path, b"", PNG, {**TESSERACT, "languages": ["en", "zh"]})


def test_pictures_are_known_by_their_first_bytes() -> None:
    starts = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"RIFF0000WEBPVP8 ", b"GIF89a")
    assert all(is_picture(start) for start in starts)
    assert not any(
        is_picture(start) for start in (b"", b"%PDF-1.7", b"RIFF0000AVI ", b"/etc/a.png")
    )


@pytest.fixture
def library(real_models: Install) -> None:
    real_models("rapidocr")


@pytest.fixture
def tesseract(library: None) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not here: apt-get install tesseract-ocr tesseract-ocr-eng")


def drawn(folder: Path, name: str = "page.png", **how: Any) -> Path:
    try:
        made = picture(how.pop("words", WORDS), clear=how.pop("clear", False))
    except FontMissing as missing:
        pytest.skip(str(missing))
    made.save(folder / name, **how)
    return folder / name


def read(folder: Path, file: Path, **parameters: Any) -> Ran:
    return run(OcrEngine(), folder, file.read_bytes(), PNG, parameters)


def places(ran: Ran) -> dict[str, tuple[float, float]]:
    return {each["text"]: (each["box"][0]["x"], each["box"][0]["y"]) for each in ran.objects()}


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_lines_are_read_with_their_place_and_in_order(tmp_path: Path) -> None:
    ran = read(tmp_path, drawn(tmp_path))
    assert ran.document is not None
    assert ran.document["text"] == "Harbour report\n\nInvoice 4711 128.50 EUR"
    for text, place in WORDS:
        x, y = places(ran)[text]
        assert (x, y) == pytest.approx((place[0] / 1000, place[1] / 700), abs=0.02)
    assert [each["paragraph"] for each in ran.objects()] == [1, 2, 2]
    assert all(each["confidence"] > 0.9 for each in ran.objects())
    read_facts(ran.document)
    json.dumps(ran.document)


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_pictures_lie_as_their_camera_says_and_on_white(tmp_path: Path) -> None:
    from PIL import Image

    turned = Image.Exif()
    turned[0x0112] = 6
    drawn(tmp_path, "plain.png")
    lying = Image.open(tmp_path / "plain.png").transpose(Image.Transpose.ROTATE_90)
    lying.save(tmp_path / "turned.jpg", exif=turned, quality=95)
    clear = drawn(tmp_path, "clear.png", clear=True)
    for file in (tmp_path / "turned.jpg", clear):
        assert places(read(tmp_path, file))["Harbour report"] == pytest.approx(
            (0.1, 0.12), abs=0.03
        )


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_each_page_of_a_tiff_is_read(tmp_path: Path) -> None:
    second = picture([("second page", (100, 80))])
    file = drawn(tmp_path, "two.tiff", save_all=True, append_images=[second])
    ran = read(tmp_path, file)
    assert [(each["page"], each["text"]) for each in ran.objects()][-1] == (2, "second page")
    assert {each["page"] for each in ran.objects()} == {1, 2}


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_a_picture_without_text_has_none_and_such_a_frame_is_nothing(tmp_path: Path) -> None:
    data = drawn(tmp_path, words=[]).read_bytes()
    whole = run(OcrEngine(), tmp_path, data, PNG)
    assert whole.document == {"text": "", "objects": [], "summary": {"model": "rapidocr"}}
    assert run(OcrEngine(), tmp_path, data, PNG, chunk=True).document is None


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_what_a_frame_shows_has_no_paragraph(tmp_path: Path) -> None:
    ran = run(OcrEngine(), tmp_path, drawn(tmp_path).read_bytes(), PNG, chunk=True)
    assert len(ran.objects()) == 3
    assert not any("paragraph" in each or "page" in each for each in ran.objects())


@pytest.mark.full
@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("reader", ["rapidocr", "tesseract"])
def test_what_is_no_picture_is_refused(tmp_path: Path, reader: str) -> None:
    other = drawn(tmp_path, "secret.png")
    for data in (b"", b"Good day.", b"%PDF-1.7\n", str(other).encode()):
        with pytest.raises(InputRejected, match="`chunker`") as refused:
            run(OcrEngine(), tmp_path, data, PNG, {"reader": reader})
        assert refused.value.code == "not_an_image"


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_half_a_picture_is_damaged_and_a_giant_one_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = drawn(tmp_path).read_bytes()
    with pytest.raises(InputRejected) as refused:
        run(OcrEngine(), tmp_path, data[: len(data) // 2], PNG)
    assert refused.value.code == "image_damaged"
    monkeypatch.setattr(with_rapidocr, "MOST_PIXELS", 1000)
    with pytest.raises(LimitReached, match="1000 x 700"):
        run(OcrEngine(), tmp_path, data, PNG)


@pytest.mark.full
@pytest.mark.usefixtures("tesseract")
def test_tesseract_reads_the_same(tmp_path: Path) -> None:
    ran = read(tmp_path, drawn(tmp_path), **TESSERACT)
    assert ran.document is not None
    assert ran.document["summary"] == {"model": "tesseract eng"}
    assert "Harbour report" in ran.document["text"]
    assert "4711" in ran.document["text"]
    assert places(ran)["Harbour report"] == pytest.approx((0.1, 0.12), abs=0.03)
    with pytest.raises(ModelMissing, match="apt-get install tesseract-ocr-isl"):
        read(tmp_path, drawn(tmp_path), **TESSERACT, languages=["is"])


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("library")
def test_the_engine_conforms(tmp_path: Path) -> None:
    assert_conforms(FOLDER, [Sample(drawn(tmp_path))])
