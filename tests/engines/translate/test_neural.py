"""CTranslate2 with a model's folder. Part of the full suite: the libraries are large."""

from pathlib import Path

import pytest

from jobmill_engine import PlatformFailed
from jobmill_engines.translate.engine import TranslateEngine
from tests.engines.conftest import Install
from tests.engines.texts.tasks import run
from tests.engines.translate.made import argos_package

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
TEXT = "the house is red. my brother has two books.\n\nGood morning"
SPANISH = {"source": "en", "target": "es"}


@pytest.fixture
def models(real_models: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model from English into Spanish, and the real libraries."""
    home = tmp_path / "models"
    home.mkdir()
    (home / ".libraries").symlink_to(real_models("ctranslate2") / ".libraries")
    monkeypatch.setenv("JOBMILL_MODELS", str(home))
    argos_package(home / "small", "en", "es")
    return home


@pytest.mark.usefixtures("models")
def test_a_model_is_found_by_its_languages_and_gives_the_same_twice(tmp_path: Path) -> None:
    engine = TranslateEngine()
    first = run(engine, tmp_path, TEXT, parameters=SPANISH)
    again = run(TranslateEngine(), tmp_path, TEXT, parameters={**SPANISH, "model": "small"})
    assert first.document is not None
    assert first.document["summary"] == {"source": "en", "target": "es", "model": "small"}
    assert len(first.objects()) == 2
    assert first.document == again.document
    assert "▁" not in first.document["text"]


def test_a_damaged_model_says_so(models: Path, tmp_path: Path) -> None:
    (models / "small" / "model" / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(PlatformFailed, match="cannot be loaded"):
        run(TranslateEngine(), tmp_path, TEXT, parameters=SPANISH)
