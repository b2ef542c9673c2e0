"""Who translates, what is said where nobody can, and the shape of the answer."""

import json
import shutil
from pathlib import Path

import pytest

from jobmill_engine import InputRejected, ModelMissing, PlatformFailed
from jobmill_engine.facts import read_facts
from jobmill_engine.testing import Sample, assert_conforms
from jobmill_engines.texts.languages import plain_code, three_letters
from jobmill_engines.translate.apertium import direction_for, package_for
from jobmill_engines.translate.engine import TranslateEngine
from jobmill_engines.translate.layouts import layout_of
from jobmill_engines.translate.pieces import LONGEST, cut, put_together
from tests.engines.conftest import Install
from tests.engines.texts.tasks import missing_model, run

FOLDER = Path(__file__).parents[3] / "src/jobmill_engines/translate"
SPANISH = {"source": "en", "target": "es"}


@pytest.fixture
def no_apertium(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_models", "no_apertium")
def test_where_nobody_translates_the_message_has_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as missing:
        run(TranslateEngine(), tmp_path, "Good day.", parameters=SPANISH)
    assert missing.value.code == "model_missing"
    assert "apt-get install apertium apertium-eng-spa" in str(missing.value)
    with pytest.raises(ModelMissing, match=r"unzip translate-en_ja-\*\.argosmodel -d .*models"):
        run(TranslateEngine(), tmp_path, "Good day.", parameters={**SPANISH, "target": "ja"})
    with pytest.raises(ModelMissing, match="unzip translate-en_es") as said:
        run(TranslateEngine(), tmp_path, "Good day.", parameters={**SPANISH, "model": "absent"})
    assert "seems" not in str(said.value)


@pytest.mark.usefixtures("no_models", "no_apertium")
def test_a_language_that_was_found_out_is_told_as_such_where_nobody_translates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobmill_engines.translate.engine._source", lambda task, text: "fuv")
    with pytest.raises(ModelMissing, match=r"seems to be in 'fuv'.*`source`"):
        run(TranslateEngine(), tmp_path, "Hello world", parameters={"target": "de"})


@pytest.mark.usefixtures("no_models")
def test_the_language_is_found_out_by_a_library_that_the_message_names(tmp_path: Path) -> None:
    told = missing_model(FOLDER, tmp_path, "Good day.", {"target": "es"})
    assert "jobmill models install text" in told
    assert "`source`" in told


@pytest.mark.usefixtures("no_models", "no_apertium")
def test_the_server_is_told_that_the_platform_lacks_a_translator(tmp_path: Path) -> None:
    told = missing_model(FOLDER, tmp_path, "Good day.", SPANISH)
    assert "apt-get install apertium apertium-eng-spa" in told


def test_a_text_in_the_language_that_is_asked_for_stays_as_it_is(tmp_path: Path) -> None:
    words = [{"start_ms": 0, "end_ms": 300, "text": "Hola."}]
    given = json.dumps({"language": "es-MX", "words": words})
    ran = run(TranslateEngine(), tmp_path, given, "application/json", {"target": "es"})
    assert ran.warnings == ["same_language"]
    assert ran.part("text") == "Hola."
    assert ran.objects() == [
        {
            "type": "text",
            "text": "Hola.",
            "sentence": 1,
            "start_ms": 0,
            "end_ms": 300,
            "language": "es",
        }
    ]


def test_a_silent_chunk_has_no_translation_and_a_silent_film_an_empty_one(tmp_path: Path) -> None:
    silent, parameters = '{"words": []}', {"target": "es"}
    engine = TranslateEngine()
    chunk = run(engine, tmp_path, silent, "application/json", parameters, chunk=True)
    assert chunk.document is None
    whole = run(engine, tmp_path, silent, "application/json", parameters)
    assert whole.document == {"language": "es", "text": ""}
    assert whole.warnings == ["no_text"]


def test_parameters_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    parameters = {**SPANISH, "backend": "apertium", "model": "mine"}
    with pytest.raises(InputRejected) as refused:
        run(TranslateEngine(), tmp_path, "Good day.", parameters=parameters)
    assert refused.value.code == "bad_parameter"


def test_codes_of_languages_come_to_one_form() -> None:
    assert [plain_code(each) for each in ("en-US", "spa", "pt_BR", "zh-Hans", "xx")] == [
        *("en", "es", "pt", "zh", "xx")
    ]
    assert [three_letters(each) for each in ("en", "spa", "ast")] == ["eng", "spa", "ast"]


def test_debian_s_packages_are_known_by_either_code_and_direction() -> None:
    assert package_for("es", "en") == package_for("en", "es") == "apertium-eng-spa"
    assert package_for("en", "mk") == "apertium-mkd-eng"
    assert package_for("pt", "es") == "apertium-es-pt"
    assert package_for("sr", "en") == "apertium-hbs-eng"
    assert package_for("en", "ja") is None


def test_a_sentence_too_long_for_a_model_is_cut_at_its_commas_and_put_together() -> None:
    long = ", ".join(f"and then number {n} came" for n in range(60)) + "."
    pieces = cut(long)
    assert len(pieces) > 1
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces[:-1])
    assert put_together([["short"], pieces], ["short", *pieces]) == ["short", long]
    assert cut("x" * (2 * LONGEST + 1)) == ["x" * LONGEST, "x" * LONGEST, "x"]


def model(home: Path, name: str, **files: str) -> Path:
    folder = home / name
    for place, content in {"model.bin": "", **files}.items():
        file = folder / place.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


def test_each_kind_of_folder_is_known_by_what_lies_in_it(tmp_path: Path) -> None:
    told = json.dumps({"from_code": "en", "to_code": "es"})
    argos = model(tmp_path, "argos", **{"metadata.json": told, "sentencepiece.model": ""})
    assert layout_of(argos, ("en", "es")).before == ()
    with pytest.raises(InputRejected) as refused:
        layout_of(argos, ("es", "en"))
    assert refused.value.code == "language_unknown"
    spm, vocabulary = "sentencepiece.bpe.model", "shared_vocabulary.json"
    nllb = model(tmp_path, "n", **{spm: "", vocabulary: '["eng_Latn", "zho_Hant", "arb_Arab"]'})
    layout = layout_of(nllb, ("en", "zh"))
    assert (layout.before, layout.after, layout.prefix) == (("eng_Latn",), ("</s>",), ("zho_Hant",))
    assert layout_of(nllb, ("ar", "en")).before == ("arb_Arab",)
    m2m = model(tmp_path, "m", **{spm: "", vocabulary: '["__en__", "__es__"]'})
    assert layout_of(m2m, ("en", "es")).prefix == ("__es__",)
    opus = model(tmp_path, "o", **{"source.spm": "", "target.spm": ""})
    assert layout_of(opus, ("en", "es")).target_pieces == opus / "target.spm"
    assert layout_of(opus, ("en", "es")).after == ("</s>",)


def test_a_folder_that_lacks_a_file_says_which(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlatformFailed, match=r"has no model\.bin"):
        layout_of(tmp_path / "empty", ("en", "es"))
    with pytest.raises(PlatformFailed, match=r"has no sentencepiece\.model"):
        layout_of(model(tmp_path, "bare"), ("en", "es"))


TEXT = "Today the house is red. My brother has two books.\n\nGood morning!"


@pytest.fixture
def apertium(real_models: Install) -> None:
    if shutil.which("apertium") is None or direction_for("en", "es") is None:
        pytest.skip("Apertium is not here: apt-get install apertium apertium-eng-spa")
    real_models("text")


@pytest.mark.full
@pytest.mark.usefixtures("apertium")
def test_apertium_translates_sentence_by_sentence(tmp_path: Path) -> None:
    ran = run(TranslateEngine(), tmp_path, TEXT, parameters={"target": "es-MX"})
    assert ran.document is not None
    assert ran.document["summary"] == {
        "source": "en",
        "target": "es-MX",
        "model": "apertium eng-spa",
    }
    assert "casa es roja" in ran.document["text"]
    assert "hermano tiene dos libros" in ran.document["text"]
    assert ran.document["text"].count("\n\n") == 1
    assert ran.part("text") == ran.document["text"]
    assert [(each["paragraph"], each["sentence"]) for each in ran.objects()] == [
        (1, 1),
        (1, 2),
        (2, 1),
    ]
    read_facts(ran.document)


@pytest.mark.full
@pytest.mark.usefixtures("apertium")
def test_signs_that_apertium_uses_itself_come_through(tmp_path: Path) -> None:
    text = "The price is <5> & {6} [7] @ ^eight$ 9/10.\n\nThe dog \\ sleeps."
    ran = run(TranslateEngine(), tmp_path, text, parameters=SPANISH)
    first, second = (each["text"] for each in ran.objects())
    assert all(sign in first for sign in ("<5>", "&", "{6}", "[7]", "@", "9/10"))
    assert "perro" in second


@pytest.mark.full
@pytest.mark.usefixtures("apertium")
def test_the_engine_conforms(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    assert_conforms(FOLDER, [Sample(file, parameters=SPANISH)])
