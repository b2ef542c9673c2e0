"""What a text is about, and whom it names."""

from pathlib import Path

import pytest

from jobmill_engine import ModelMissing
from jobmill_engine.aion import Origin, aion_documents, validate_aion
from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.keywords.common_words import common_words, language_by_words
from jobmill_engines.keywords.engine import KeywordsEngine
from jobmill_engines.keywords.entities import Entity, merged
from jobmill_engines.keywords.statistics import keywords_of, words_of
from tests.engines.conftest import Install
from tests.engines.texts.tasks import run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/keywords"
WORDS_ONLY = {"entities": False}
TEXT = (
    "The harbour of Lisbon was rebuilt after the earthquake of 1755. King Joseph asked Manuel da"
    " Maia to plan new streets. The harbour grew quickly.\n\nToday the port handles container ships"
    " and cruise ships. In 2019 cruise passengers from Brazil came to Lisbon. The container"
    " terminals stand on both banks of the river. The port wants to move the container terminals"
    " to Barreiro, but residents of Barreiro fear noise and dust."
)
LANGUAGES = {
    "en": "The book that you have is on the table.",
    "es": "El libro que tienes está en la mesa de la casa.",
    "fr": "Le livre que tu as est sur la table de la maison.",
    "de": "Das Buch, das du hast, ist auf dem Tisch in der Küche.",
    "it": "Il libro che hai è sul tavolo della casa di mia madre.",
    "nl": "Het boek dat je hebt is op de tafel in het huis.",
    "pt": "O livro que você tem está em uma mesa da casa.",
}


def test_what_a_text_is_about_comes_first(tmp_path: Path) -> None:
    ran = run(KeywordsEngine(), tmp_path, TEXT, parameters=WORDS_ONLY)
    assert ran.document is not None
    labels = [each["label"] for each in ran.objects("keyword")]
    assert {"container terminals", "harbour", "Barreiro", "Lisbon"} <= set(labels[:8])
    assert not set(labels) & common_words()["en"]
    confidences = [each["confidence"] for each in ran.objects("keyword")]
    assert confidences == sorted(confidences, reverse=True)
    assert (confidences[0], confidences[-1] > 0) == (1.0, True)
    (found,) = [each for each in ran.objects("keyword") if each["label"] == "Barreiro"]
    assert found["count"] == 2


def test_keywords_are_counted_and_limited(tmp_path: Path) -> None:
    few = run(KeywordsEngine(), tmp_path, TEXT, parameters={**WORDS_ONLY, "keywords": 3})
    assert len(few.objects("keyword")) == 3
    none = run(KeywordsEngine(), tmp_path, TEXT, parameters={**WORDS_ONLY, "keywords": 0})
    assert none.objects("keyword") == []
    sure = run(KeywordsEngine(), tmp_path, TEXT, parameters={**WORDS_ONLY, "min_confidence": 0.99})
    assert len(sure.objects("keyword")) == 1


def test_a_phrase_that_is_always_whole_is_not_told_in_parts() -> None:
    sentences = ["A solar panel needs sun.", "My solar panel broke.", "Every solar panel is new."]
    labels = [each.text for each in keywords_of(sentences, common_words()["en"], 5)]
    assert labels[0] == "solar panel"
    assert not {"solar", "panel"} & set(labels)


def test_singular_and_plural_are_one_keyword() -> None:
    sentences = ["Ships come.", "One ship left, two ships stayed."]
    (ships,) = [each for each in keywords_of(sentences, common_words()["en"], 9) if each.count > 1]
    assert (ships.text, ships.count) == ("ships", 3)


def test_what_comes_once_in_a_long_text_is_chance() -> None:
    long = ["The valve was opened and the pump was started again."] * 30 + ["A zebra passed."]
    assert "zebra" not in [each.text for each in keywords_of(long, common_words()["en"], 99)]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_language_shows_by_its_common_words(language: str) -> None:
    assert language_by_words(words_of(LANGUAGES[language])) == language
    assert sorted(LANGUAGES) == sorted(common_words())


def test_a_language_without_a_list_of_common_words_has_a_warning(tmp_path: Path) -> None:
    for text, parameters in (("Kirja on pöydällä.", {"language": "fi"}), ("Kirja pöydällä.", {})):
        ran = run(KeywordsEngine(), tmp_path, text, parameters={**WORDS_ONLY, **parameters})
        assert ran.objects("keyword") == []
        assert ran.warnings == ["language_unsupported"]


@pytest.mark.usefixtures("no_models")
def test_entities_need_a_model_and_keywords_alone_none(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"`entities` to false.* install entities-en"):
        run(KeywordsEngine(), tmp_path, TEXT)


def test_an_entity_is_told_once_by_its_surest_mention() -> None:
    rome, france = Entity("Rome", "place", 0.6), Entity("France", "place", 0.9)
    sure = Entity("ROME", "place", 0.8)
    assert merged([france, rome, sure]) == [(sure, 2), (france, 1)]


@pytest.fixture
def model(real_models: Install) -> None:
    real_models("entities-en")


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_people_places_and_dates_are_found(tmp_path: Path) -> None:
    ran = run(KeywordsEngine(), tmp_path, TEXT)
    assert ran.document is not None
    found = {(each["label"], each["kind"]): each for each in ran.objects("namedEntity")}
    expected = {
        ("Manuel da Maia", "person"),
        ("Lisbon", "place"),
        ("Brazil", "place"),
        ("2019", "date"),
    }
    assert expected <= set(found)
    assert found["Lisbon", "place"]["count"] == 2
    assert all(0.5 <= each["confidence"] <= 1 for each in found.values())
    documents = aion_documents(read_facts(ran.document), Origin())
    assert all(validate_aion(each)[0] for each in documents)


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_another_language_than_english_has_keywords_and_a_warning(tmp_path: Path) -> None:
    ran = run(KeywordsEngine(), tmp_path, LANGUAGES["es"])
    assert ran.objects("keyword")
    assert ran.objects("namedEntity") == []
    assert ran.warnings == ["language_unsupported"]


@pytest.mark.full
@pytest.mark.usefixtures("model")
def test_the_engine_conforms(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    assert_conforms(FOLDER, [Sample(file)])
