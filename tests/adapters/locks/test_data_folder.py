"""Who holds a data folder and its worker seats, however a process ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobmill.adapters.locks import DataFolder, FolderInUse

SITS = """
import sys
from pathlib import Path
from jobmill.adapters.locks import DataFolder
folder = DataFolder(Path(sys.argv[1]))
seat = folder.take_seat()
with folder.held():
    print(seat.name, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    return folder


class Sitter:
    """Another process that holds the folder and a seat until it is killed."""

    def __init__(self, folder: DataFolder) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SITS, str(folder.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.seat = self._process.stdout.readline().strip()

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def test_a_new_folder_is_its_owners_alone_and_one_that_stands_keeps_its_mode(
    folder: DataFolder, tmp_path: Path
) -> None:
    assert folder.path.stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    DataFolder(shared).make()
    assert shared.stat().st_mode & 0o777 == 0o750


def test_a_folder_has_one_server(folder: DataFolder) -> None:
    with folder.held(), pytest.raises(FolderInUse, match="already runs"), folder.held():
        pass
    with folder.held():
        pass


def test_a_seat_is_held_by_one_worker_and_taken_again_when_it_is_free(folder: DataFolder) -> None:
    first, second = folder.take_seat(), folder.take_seat()
    assert (first.name, second.name) == ("worker-1", "worker-2")
    assert first.engines != second.engines
    assert first.work != second.work
    first.leave()
    again = folder.take_seat()
    assert again.name == "worker-1"
    assert (again.engines, again.work) == (first.engines, first.work)
    for seat in (again, second):
        seat.leave()


def test_abandoned_are_the_seats_that_nobody_holds(folder: DataFolder) -> None:
    held, left = folder.take_seat(), folder.take_seat()
    left.leave()
    abandoned = folder.abandoned()
    assert [seat.name for seat in abandoned] == [left.name]
    taken = folder.take_seat()
    assert taken.name == "worker-3", "while it is cleared up, nobody sits there"
    for seat in (*abandoned, held, taken):
        seat.leave()
    assert len(folder.abandoned()) == 3


def test_a_killed_process_gives_everything_back(folder: DataFolder) -> None:
    sitter = Sitter(folder)
    assert sitter.seat == "worker-1"
    assert folder.abandoned() == []
    with pytest.raises(FolderInUse), folder.held():
        pass
    sitter.kill()
    with folder.held():
        pass
    (seat,) = folder.abandoned()
    assert seat.name == "worker-1"
    seat.leave()


def test_clearing_a_seat_removes_the_work_of_dead_attempts_only(folder: DataFolder) -> None:
    mine, other = folder.take_seat(), folder.take_seat()
    outside = folder.path / "precious"
    outside.write_text("kept")
    for seat in (mine, other):
        (seat.work / "token" / "in").mkdir(parents=True)
        (seat.work / "token" / "in" / "link").symlink_to(outside)
    mine.clear()
    assert list(mine.work.iterdir()) == []
    assert len(list(other.work.iterdir())) == 1
    assert outside.read_text() == "kept"
    for seat in (mine, other):
        seat.leave()


def test_the_engines_of_any_worker_can_be_found(folder: DataFolder) -> None:
    seat = folder.take_seat()
    assert folder.engines_of(seat.name) == seat.engines
    seat.leave()


def test_each_sender_has_a_seat_of_its_own_and_the_next_one_takes_it_over(
    folder: DataFolder,
) -> None:
    with folder.sender_seat() as first, folder.sender_seat() as second:
        assert (first, second) == ("sender-1", "sender-2")
    with folder.sender_seat() as again:
        assert again == "sender-1", "and with it the leases that were left under this name"
