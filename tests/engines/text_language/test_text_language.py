"""Which language a text is in, as a whole and by paragraphs."""

from pathlib import Path

import pytest

from jobmill_engine import InputRejected
from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.text_language.engine import TextLanguage
from tests.engines.conftest import Install
from tests.engines.texts.tasks import missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/text_language"
PHRASES = (
    ("en", "Please send your comments before Friday"),
    ("es", "Envíe sus comentarios antes del viernes"),
    ("fr", "Merci beaucoup pour votre aide"),
    ("de", "Wo ist hier der nächste Bahnhof?"),
    ("it", "Grazie mille per il vostro aiuto"),
    ("nl", "Waar is het station, alstublieft?"),
    ("pl", "Dziękuję bardzo za pomoc"),
    ("ru", "Большое спасибо за вашу помощь, мы скоро увидимся"),
    ("ja", "こんにちは世界、元気ですか"),
    ("tr", "Yardımınız için teşekkür ederim"),
)


@pytest.mark.usefixtures("no_models")
def test_a_missing_library_names_the_command(tmp_path: Path) -> None:
    assert "jobmill models install text" in missing_model(FOLDER, tmp_path, "Good day.")


@pytest.fixture
def library(real_models: Install) -> None:
    real_models("text")


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_phrases_are_told_apart(tmp_path: Path) -> None:
    engine = TextLanguage()
    found = [run(engine, tmp_path, phrase).document or {} for _, phrase in PHRASES]
    assert [each["language"] for each in found] == [language for language, _ in PHRASES]


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_each_paragraph_has_its_own_language(tmp_path: Path) -> None:
    text = "\n\n".join([*(3 * [PHRASES[0][1]]), PHRASES[1][1], "12 / 34 = ?"])
    ran = run(TextLanguage(), tmp_path, text, parameters={"guesses": 2})
    assert ran.document is not None
    assert ran.document["language"] == "en"
    assert ran.document["languages"][0]["language"] == "en"
    assert len(ran.document["languages"]) == 2
    assert [each.get("language") for each in ran.objects()] == ["en", "en", "en", "es", None]
    assert [each["paragraph"] for each in ran.objects()] == [1, 2, 3, 4, 5]
    read_facts(ran.document)


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_languages_can_be_narrowed_to_those_that_are_known(tmp_path: Path) -> None:
    short, engine = "no problem", TextLanguage()
    ran = run(engine, tmp_path, short, parameters={"languages": ["es", "fr-CA"]})
    assert ran.document is not None
    assert ran.document["language"] in {"es", "fr"}
    with pytest.raises(InputRejected) as refused:
        run(engine, tmp_path, short, parameters={"languages": ["es", "tlh"]})
    assert refused.value.code == "language_unknown"
    assert "tlh" in str(refused.value)


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_too_little_text_has_no_language_and_a_warning(tmp_path: Path) -> None:
    ran = run(TextLanguage(), tmp_path, "42 km")
    assert ran.document == {"text": "42 km"}
    assert ran.warnings == ["language_unknown"]


@pytest.mark.full
@pytest.mark.usefixtures("library")
def test_the_engine_conforms(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(PHRASES[0][1])
    assert_conforms(FOLDER, [Sample(file)])
