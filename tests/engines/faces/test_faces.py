"""Where faces are: the arithmetic without a model, and drawn faces with the real one."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill_engine import InputRejected
from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.faces.boxes import Face, Square, anchors, faces_in, once, squares
from jobmill_engines.faces.engine import Faces
from tests.engines.conftest import Install
from tests.engines.faces.drawing import drawn, empty
from tests.engines.texts.tasks import Ran, missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/faces"
PNG = "image/png"


def png(picture: Any) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.usefixtures("no_models")
def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    assert "jobmill models install blazeface" in missing_model(FOLDER, tmp_path, "x")


def test_an_answer_of_the_network_lies_where_its_square_is() -> None:
    boxes, logits = np.zeros((896, 16), np.float32), np.full(896, -50.0, np.float32)
    at = anchors()
    logits[100], boxes[100, :4] = 3.0, (0, 0, 32, 64)  # a quarter wide, half high
    (face,) = faces_in(Square(100, 50, 256), boxes, logits, at, 0.5)
    assert (face.width, face.height) == (64, 128)
    middle = (face.x + 32, face.y + 64)
    assert middle == pytest.approx((100 + at[100, 0] * 256, 50 + at[100, 1] * 256))


def test_of_boxes_over_each_other_the_surest_counts() -> None:
    sure, same, other = (Face(0, 0, 10, 10, 0.9), Face(1, 1, 12, 12, 0.7), Face(50, 0, 9, 9, 0.6))
    assert once([other, same, sure]) == [sure, other]


def test_a_picture_is_covered_by_squares_half_over_each_other() -> None:
    whole, *parts = squares(640, 480, 1)
    assert (whole.side, whole.y) == (640, -80)
    assert {part.side for part in parts} == {320}
    assert min(part.x for part in parts) == 0
    assert max(part.x + part.side for part in parts) == 640
    assert squares(100, 100, 3) == [Square(0, 0, 100)]  # smaller ones would show nothing more


@pytest.fixture
def model(real_models: Install) -> None:
    real_models("blazeface")


def look(folder: Path, picture: Any, **parameters: Any) -> Ran:
    return run(Faces(), folder, png(picture), PNG, parameters)


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_faces_are_found_where_they_are_drawn(tmp_path: Path) -> None:
    ran = look(tmp_path, drawn((60, 120, 180), (420, 200, 100)))
    assert ran.document is not None
    read_facts(ran.document)
    left, right = sorted(ran.objects("face"), key=lambda each: each["box"][0]["x"])
    for face, (x, y, size) in ((left, (60, 120, 180)), (right, (420, 200, 100))):
        box = face["box"]
        middle = (box[0]["x"] + box[2]["x"]) / 2 * 640, (box[0]["y"] + box[2]["y"]) / 2 * 480
        assert middle == pytest.approx((x + size / 2, y + 0.7 * size), abs=0.2 * size)
        assert face["confidence"] > 0.8
    assert ran.document["summary"]["faces"] == 2


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_where_no_face_is_none_is_found(tmp_path: Path) -> None:
    assert look(tmp_path, empty()).objects("face") == []
    frame = run(Faces(), tmp_path, png(empty()), PNG, chunk=True)
    assert frame.document is None


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_a_text_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="no picture"):
        run(Faces(), tmp_path, "Good day.", PNG)


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_it_is_a_good_engine(tmp_path: Path) -> None:
    file = tmp_path / "face.png"
    file.write_bytes(png(drawn((200, 100, 200))))
    assert_conforms(FOLDER, [Sample(file)])
