"""Files that may be named by path: those under an organization's media roots, and no others.

Checks the name before it looks at the disk, and the place that links lead to before it gives a
file out. Opens no file.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jobmill.adapters.files.naming import NamedPath, read_path
from jobmill.core.errors import InputMissing, PathNotAllowed
from jobmill.core.ids import OrganizationNumber


class LocalMediaRoots:
    """Implements `MediaRoots` over folders of this machine, in the order the operator gave.

    A path is tried as it stands when it lies in a root, otherwise under each root in turn: the
    first that holds a file wins, and the first root where none does.
    """

    def __init__(self, roots: Mapping[OrganizationNumber, Sequence[Path]]) -> None:
        self._roots = {
            organization: tuple(folder.absolute() for folder in folders)
            for organization, folders in roots.items()
        }

    def locate(self, organization: OrganizationNumber, path: str) -> Path:
        """The place that a path or `file://` address names, under a root (it may not exist).

        Raises PathNotAllowed for `..`, another scheme, a malformed path, or no root at all.
        """
        roots = self._roots_of(organization)
        candidates = list(_candidates(read_path(path), roots))
        return next((place for place in candidates if _is_file(place)), candidates[0])

    def open_path(self, organization: OrganizationNumber, path: str) -> Path:
        """The real file, links resolved and still under a root.

        Raises InputMissing when there is none or it cannot be read, PathNotAllowed when a link
        leads out of every root or the path names something else than a plain file.
        """
        roots = self._roots_of(organization)
        real = _resolved(self.locate(organization, path), roots)
        if not any(real.is_relative_to(root.resolve()) for root in roots):
            raise PathNotAllowed(
                f"{path!r} is a link that leads out of the media roots. {_fix(roots)}"
            )
        kind = real.stat().st_mode
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "no plain file"
            raise PathNotAllowed(f"{path!r} is {what}. Name a file.")
        if not os.access(real, os.R_OK):
            raise InputMissing(f"The server may not read {path!r}. Let its user read the file.")
        return real

    def open_folder(self, organization: OrganizationNumber, path: str) -> Path:
        """The real folder, links resolved and still under a root. Raises like `open_path`.

        A root itself is named by its whole path, or by `.` when it is the first.
        """
        roots = self._roots_of(organization)
        if path.strip() in ("", ".", "/"):
            candidates = list(roots[:1])
        else:
            candidates = list(_candidates(read_path(path), roots))
        place = next((each for each in candidates if _is_folder(each)), candidates[0])
        real = _resolved(place, roots, "folder")
        if not any(real.is_relative_to(root.resolve()) for root in roots):
            raise PathNotAllowed(
                f"{path!r} is a link that leads out of the media roots. {_fix(roots, 'folder')}"
            )
        if not real.is_dir():
            raise PathNotAllowed(f"{path!r} is not a folder. Name the folder of the files.")
        if not os.access(real, os.R_OK | os.X_OK):
            raise InputMissing(f"The server may not read {path!r}. Let its user read the folder.")
        return real

    def _roots_of(self, organization: OrganizationNumber) -> tuple[Path, ...]:
        roots = self._roots.get(organization, ())
        if not roots:
            raise PathNotAllowed(
                "No media root is set up, so no file can be named by path. Upload the file, or "
                "have the operator name its folder in JOBMILL_MEDIA_ROOTS."
            )
        return roots


def _candidates(named: NamedPath, roots: Sequence[Path]) -> Iterator[Path]:
    """Where the path may lie; never empty. A root counts by its name and by its real place."""
    absolute = Path("/", *named.parts)
    known = {*roots, *(root.resolve() for root in roots)}
    if named.absolute and any(absolute.is_relative_to(root) for root in known):
        yield absolute
        return
    for root in roots:
        yield root.joinpath(*named.parts)


def _is_file(place: Path) -> bool:
    try:
        return stat.S_ISREG(place.stat().st_mode)
    except OSError:  # missing, unreadable, a loop of links, too long: no file for us
        return False


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name too long for any
        return False


def _resolved(place: Path, roots: Sequence[Path], what: str = "file") -> Path:
    try:
        return place.resolve(strict=True)
    except PermissionError:
        raise InputMissing(
            f"The server may not look into the folder of {str(place)!r}. Let its user read it."
        ) from None
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
        raise InputMissing(f"There is no {what} at {str(place)!r}. {_fix(roots, what)}") from None


def _fix(roots: Sequence[Path], what: str = "file") -> str:
    folders = ", ".join(str(root) for root in roots)
    return f"Put the {what} under one of: {folders}; or add its folder to JOBMILL_MEDIA_ROOTS."
