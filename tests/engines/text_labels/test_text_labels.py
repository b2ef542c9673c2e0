"""Which label fits a text: by meaning with the real model, by words without one."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobmill_engine import InputRejected
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.text_labels.choosing import answer
from jobmill_engines.text_labels.engine import TextLabels
from jobmill_engines.text_labels.wordpiece import WordPiece
from tests.engines.conftest import Install
from tests.engines.texts.tasks import Ran, missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/text_labels"
NAMES = ["sports", "politics", "technology", "cooking", "finance"]
TEXTS = {
    "sports": "The striker scored twice in the final minutes and the team won the cup.",
    "politics": "Parliament votes on the new budget law after a heated debate.",
    "technology": "The new phone has a faster processor and a better camera.",
    "cooking": "Fry the onions in butter, then add the tomatoes and basil.",
    "finance": "Shares fell as the central bank raised interest rates.",
}
TOPICS: list[Any] = [
    {"name": "refund", "examples": ["I want my money back", "please return the payment"]},
    {"name": "delivery", "description": "The parcel has not arrived, shipping is late"},
]


def labelled(folder: Path, text: str, labels: list[Any], **parameters: Any) -> Ran:
    return run(TextLabels(), folder, text, parameters={"labels": labels, **parameters})


@pytest.mark.usefixtures("no_models")
def test_without_the_model_bare_names_name_the_command(tmp_path: Path) -> None:
    told = missing_model(FOLDER, tmp_path, "A text.", {"labels": NAMES})
    assert "jobmill models install minilm" in told
    assert "examples" in told


@pytest.mark.usefixtures("no_models")
@pytest.mark.parametrize(
    ("text", "label"),
    [("When will I get my money?", "refund"), ("My parcels have still not arrived!", "delivery")],
)
def test_examples_are_enough_without_a_model(tmp_path: Path, text: str, label: str) -> None:
    found = labelled(tmp_path, text, TOPICS).document
    assert found is not None
    assert (found["label"], found["summary"]) == (label, {"method": "words"})
    assert found["confidence"] > 0.5
    assert sum(found["scores"].values()) == pytest.approx(1, abs=0.001)


def test_what_shares_no_word_with_any_label_is_sure_of_nothing(tmp_path: Path) -> None:
    found = labelled(tmp_path, "Qwx zzq.", TOPICS, method="words").document
    assert found is not None
    assert found["confidence"] == 0.0


def test_likenesses_far_apart_make_a_sure_choice() -> None:
    sure, unsure = (
        answer(["a", "b"], each, 0.1)["confidence"] for each in ([0.9, 0.1], [0.5, 0.5])
    )
    assert (sure > 0.99, unsure) == (True, 0.5)


def test_a_label_is_there_once(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="twice"):
        labelled(tmp_path, "A text.", ["a", "a"])


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    known = ["[CLS]", "[SEP]", "[UNK]", "un", "##aff", "##able", "cafe", "!", "中"]
    pieces = WordPiece({word: number for number, word in enumerate(known)})
    assert pieces.numbers("Unaffable Café!中 xyz") == [3, 4, 5, 6, 7, 8, 2]
    assert pieces.framed([6]) == [0, 6, 1]


@pytest.fixture
def model(real_models: Install) -> None:
    real_models("minilm")


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_names_alone_are_enough_for_their_meaning(tmp_path: Path) -> None:
    engine = TextLabels()
    for label, text in TEXTS.items():
        found = run(engine, tmp_path, text, parameters={"labels": NAMES}).document
        assert found is not None
        assert (found["label"], found["summary"]) == (label, {"method": "embeddings"})


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_a_long_text_is_read_to_its_end(tmp_path: Path) -> None:
    long = f"{TEXTS['sports']} " + f"{TEXTS['cooking']} " * 60
    found = labelled(tmp_path, long, NAMES).document
    assert found is not None
    assert found["label"] == "cooking"


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_it_is_a_good_engine(tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_text(json.dumps({"text": TEXTS["finance"], "labels": NAMES}))
    assert_conforms(FOLDER, [Sample(file, parameters={"labels": NAMES})])
