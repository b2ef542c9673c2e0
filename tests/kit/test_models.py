"""Models are found by name in one folder; what is missing says which command helps."""

import sys
from pathlib import Path

import pytest

from jobmill_engine import ModelMissing, add_libraries, find_model, model_folder
from jobmill_engine.host import _failure
from jobmill_engine.models import models_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny").mkdir()
    monkeypatch.setenv("JOBMILL_MODELS", str(tmp_path))
    return tmp_path


def test_a_model_is_the_folder_of_its_name(folder: Path) -> None:
    assert model_folder("tiny") == find_model("tiny") == folder / "tiny"
    assert models_folder() == folder


@pytest.mark.parametrize("name", ["large", "..", "../tiny", "/etc", ".hidden", "", "tiny/.."])
def test_what_is_not_there_or_is_a_path_is_missing(folder: Path, name: str) -> None:
    assert find_model(name) is None
    with pytest.raises(ModelMissing):
        model_folder(name)


def test_the_message_has_the_command_for_this_folder(folder: Path) -> None:
    with pytest.raises(ModelMissing, match=f"jobmill models install large --to {folder}"):
        model_folder("large")
    with pytest.raises(ModelMissing, match="put it there"):
        model_folder("large", install="put it there")


def test_without_a_folder_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOBMILL_MODELS", raising=False)
    assert models_folder() is None
    assert find_model("tiny") is None
    before = list(sys.path)
    add_libraries("speech")
    assert sys.path == before


def test_the_server_hears_that_its_machine_lacks_something(folder: Path) -> None:
    failed = _failure("a", ModelMissing("large"), "engine_raised")
    assert (failed.failure, failed.code) == ("platform", "model_missing")


def test_libraries_come_after_everything_else_and_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = list(sys.path)
    add_libraries("speech")
    add_libraries("speech")
    tag = str(sys.implementation.cache_tag)
    assert sys.path == [*before, str(folder / ".libraries" / "speech" / tag)]
