"""Takes named members out of wheels and source archives, and nothing else."""

import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path, PurePosixPath
from typing import IO

CHUNK = 1 << 20


class MemberMissing(Exception):
    """The packages do not hold a file that the catalogue names."""


def take_out(
    archives: Sequence[Path], files: Mapping[str, tuple[str, ...]], folder: Path
) -> list[str]:
    """Write the files into a folder; answers their names. Raises MemberMissing.

    Each file is its members joined in order. `"data/" = ["package/data/"]` takes a whole folder.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(_open(path))) for path in archives]
        names = {name: archive for archive in opened for name in archive.names()}
        written = []
        for target, members in _single_files(files, names):
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as writer:
                for member in members:
                    with names[member].read(member) as reader:
                        shutil.copyfileobj(reader, writer, CHUNK)
            written.append(target)
        return written


def _single_files(
    files: Mapping[str, tuple[str, ...]], names: Iterable[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Folders as the files in them."""
    for target, members in files.items():
        for member in members:
            if not any(name == member or name.startswith(_folder(member)) for name in names):
                raise MemberMissing(f"{member} is not in the package; the catalogue is wrong.")
        if not target.endswith("/"):
            yield target, members
            continue
        for name in sorted(names):
            for prefix in members:
                if name.startswith(prefix) and ".." not in PurePosixPath(name).parts:
                    yield target + name.removeprefix(prefix), (name,)


def _folder(member: str) -> str:
    return member if member.endswith("/") else f"{member}\0"


class _Wheel:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def close(self) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        return [each.filename for each in self._zip.infolist() if not each.is_dir()]

    def read(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class _SourceArchive:
    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path)  # noqa: SIM115  (closed by take_out)

    def close(self) -> None:
        self._tar.close()

    def names(self) -> list[str]:
        return [each.name for each in self._tar if each.isfile()]

    def read(self, name: str) -> IO[bytes]:
        reader = self._tar.extractfile(name)
        if reader is None:
            raise MemberMissing(f"{name} is no file in the package.")
        return reader


def _open(path: Path) -> _Wheel | _SourceArchive:
    return _Wheel(path) if path.suffix in (".whl", ".zip") else _SourceArchive(path)
