"""How positive and negative English texts are, and that no other language gets an answer."""

from pathlib import Path

import pytest

from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.sentiment.engine import SentimentEngine
from jobmill_engines.sentiment.vader import Mood, mean
from tests.engines.conftest import Install
from tests.engines.texts.tasks import missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/sentiment"
GLAD = "This is a wonderful museum and the friendly staff helped us."
SAD = "The food was horrible, and nobody cared about our terrible evening."
SPANISH = "Este museo es maravilloso y el personal nos ayudó con mucho cariño durante la visita."


@pytest.mark.usefixtures("no_models")
def test_a_missing_library_names_the_command(tmp_path: Path) -> None:
    assert "jobmill models install text" in missing_model(FOLDER, tmp_path, GLAD)


def test_the_whole_is_the_mean_by_words() -> None:
    whole = mean([Mood(0.6, 0.0, 0.5, weight=1), Mood(0.0, 0.3, -0.5, weight=2)])
    assert whole.told() == {"positive": 0.2, "negative": 0.2, "compound": -0.1667}


@pytest.fixture
def library(real_models: Install) -> None:
    real_models("text")


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_sentences_differ_and_the_whole_lies_between(tmp_path: Path) -> None:
    ran = run(SentimentEngine(), tmp_path, f"{GLAD} {SAD}")
    assert ran.document is not None
    glad, sad = (each["sentiment"] for each in ran.objects())
    assert glad["positive"] > 0.3 > glad["negative"] == 0
    assert sad["negative"] > 0.3 > sad["positive"]
    assert glad["compound"] > ran.document["sentiment"]["compound"] > sad["compound"]
    assert not ran.warnings
    read_facts(ran.document)


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_another_language_has_a_warning_and_no_sentiment(tmp_path: Path) -> None:
    for parameters in ({}, {"language": "es"}):
        ran = run(SentimentEngine(), tmp_path, SPANISH, parameters=parameters)
        assert ran.document == {"language": "es", "text": SPANISH}
        assert ran.warnings == ["language_unsupported"]


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_of_a_mixed_text_the_english_paragraphs_count(tmp_path: Path) -> None:
    ran = run(SentimentEngine(), tmp_path, f"{GLAD}\n\n{SPANISH}\n\n{SAD}")
    assert [each["text"] for each in ran.objects()] == [GLAD, SAD]
    assert ran.warnings == ["language_unsupported"]


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_only_the_whole_on_request(tmp_path: Path) -> None:
    ran = run(SentimentEngine(), tmp_path, GLAD, parameters={"sentences": False, "language": "en"})
    assert ran.document is not None
    assert ran.document.keys() == {"language", "text", "sentiment"}


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_the_engine_conforms(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(GLAD)
    assert_conforms(FOLDER, [Sample(file)])
