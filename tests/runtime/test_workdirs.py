"""A folder serves again only where nothing could be in it of the attempt before."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobmill.runtime.workdirs import WorkFolders, drop_json, put_json


@pytest.fixture
def folders(tmp_path: Path) -> WorkFolders:
    return WorkFolders(tmp_path / "work")


def test_a_folder_is_private(folders: WorkFolders) -> None:
    assert folders.take("scan", "t1").stat().st_mode & 0o777 == 0o700


def test_one_left_empty_after_a_success_serves_the_same_engine_again(folders: WorkFolders) -> None:
    first = folders.take("noop", "t1")
    folders.give_back("noop", first, sound=True)
    assert folders.take("scan", "t2") != first
    again = folders.take("noop", "t3")
    assert (again, list(again.iterdir())) == (first, [])
    assert folders.take("noop", "t4") != first, "never for two at once"


def test_the_file_of_a_json_input_serves_again_and_keeps_no_more_than_a_byte(
    folders: WorkFolders,
) -> None:
    first = folders.take("noop", "t1")
    secret = put_json(first, b'{"name": "Ada"}')
    folders.give_back("noop", first, sound=True)
    assert secret.read_bytes() == b"{"
    again = folders.take("noop", "t2")
    assert again == first
    assert put_json(again, b"[1]") == secret
    assert secret.read_bytes() == b"[1]"
    drop_json(again)
    assert list(again.iterdir()) == []


@pytest.mark.parametrize(("left", "sound"), [("output", True), ("input.json", False)])
def test_any_other_is_removed(folders: WorkFolders, left: str, sound: bool) -> None:
    first = folders.take("noop", "t1")
    (first / left).write_text("1")
    folders.give_back("noop", first, sound=sound)
    assert not first.exists()
    assert folders.take("noop", "t2") != first


def _linked(place: Path, elsewhere: Path) -> None:
    os.link(elsewhere, place)


def _pointing(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere)


def _piped(place: Path, _elsewhere: Path) -> None:
    os.mkfifo(place)


def _locked(place: Path, _elsewhere: Path) -> None:
    place.write_text("1")
    place.chmod(0o400)


@pytest.mark.parametrize("swap", [_linked, _pointing, _piped, _locked])
def test_an_engine_that_swaps_the_file_writes_nowhere_else(
    folders: WorkFolders, tmp_path: Path, swap: object
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    elsewhere.chmod(0o600)
    folder = folders.take("noop", "t1")
    put_json(folder, b"1").unlink()
    assert callable(swap)
    swap(folder / "input.json", elsewhere)
    folders.give_back("noop", folder, sound=True)
    assert elsewhere.read_text() == "precious"
    assert not folder.exists()


def test_a_link_put_there_meanwhile_is_not_followed(folders: WorkFolders, tmp_path: Path) -> None:
    folder = folders.take("noop", "t1")
    (folder / "input.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"input\.json"):
        put_json(folder, b"1")
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_written_there_meanwhile_does_not_follow_the_next_input(
    folders: WorkFolders,
) -> None:
    folder = folders.take("noop", "t1")
    with put_json(folder, b"[1, 2, 3]").open("ab") as kept_open:
        folders.give_back("noop", folder, sound=True)
        kept_open.write(b"late" * 100)
    again = folders.take("noop", "t2")
    assert again == folder
    assert put_json(again, b"[4]").read_bytes() == b"[4]"


def test_an_engine_that_holds_a_lease_on_the_file_holds_nobody_up(folders: WorkFolders) -> None:
    folder = folders.take("noop", "t1")
    holder = (
        "import fcntl, os, signal, sys\n"
        "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
        "lease = os.open(sys.argv[1], os.O_RDONLY)\n"
        "fcntl.fcntl(lease, fcntl.F_SETLEASE, fcntl.F_RDLCK)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holder, str(put_json(folder, b"1"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        if engine.stdout.readline() != b"held\n":
            pytest.skip("this file system knows no leases")
        began = time.monotonic()
        folders.give_back("noop", folder, sound=True)
        waited = time.monotonic() - began
        engine.communicate()
    assert waited < 20, "the kernel lets who is made to wait do so for 45 seconds"
    assert folders.take("noop", "t2") != folder


def _turned_to_a_link(folder: Path, elsewhere: Path) -> None:
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(elsewhere)


def _opened_to_all(folder: Path, _elsewhere: Path) -> None:
    folder.chmod(0o777)


@pytest.mark.parametrize("change", [_turned_to_a_link, _opened_to_all])
def test_a_folder_that_is_no_more_as_it_was_made_does_not_serve_again(
    folders: WorkFolders, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    folder = folders.take("noop", "t1")
    change(folder, elsewhere)
    folders.give_back("noop", folder, sound=True)
    assert folders.take("noop", "t2") != folder
    assert elsewhere.exists()


def test_what_is_kept_goes_at_the_end(folders: WorkFolders, tmp_path: Path) -> None:
    folders.give_back("noop", folders.take("noop", "t1"), sound=True)
    folders.clear()
    assert list((tmp_path / "work").iterdir()) == []
