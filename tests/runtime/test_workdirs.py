"""A folder serves again only where nothing could be in it of the attempt before."""

from pathlib import Path

import pytest

from jobmill.runtime.workdirs import JSON_INPUT, WorkFolders


@pytest.fixture
def folders(tmp_path: Path) -> WorkFolders:
    return WorkFolders(tmp_path / "work")


def test_a_folder_is_private(folders: WorkFolders) -> None:
    assert folders.take("scan", "t1").stat().st_mode & 0o777 == 0o700


def test_one_left_empty_after_a_success_serves_the_same_engine_again(folders: WorkFolders) -> None:
    first = folders.take("noop", "t1")
    (first / JSON_INPUT).write_text("1")
    folders.give_back("noop", first, sound=True)
    assert folders.take("scan", "t2") != first
    again = folders.take("noop", "t3")
    assert (again, list(again.iterdir())) == (first, [])
    assert folders.take("noop", "t4") != first, "never for two at once"


@pytest.mark.parametrize(("left", "sound"), [("output", True), (JSON_INPUT, False)])
def test_any_other_is_removed(folders: WorkFolders, left: str, sound: bool) -> None:
    first = folders.take("noop", "t1")
    (first / left).write_text("1")
    folders.give_back("noop", first, sound=sound)
    assert not first.exists()
    assert folders.take("noop", "t2") != first


def test_what_is_kept_goes_at_the_end(folders: WorkFolders, tmp_path: Path) -> None:
    folders.give_back("noop", folders.take("noop", "t1"), sound=True)
    folders.clear()
    assert list((tmp_path / "work").iterdir()) == []
