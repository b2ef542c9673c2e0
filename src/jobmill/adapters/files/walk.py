"""Looks through a watched folder by reading it: works on any file system, network ones included.

Follows no links, sees no hidden files, opens nothing.
"""

import os
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from jobmill.core.errors import InputMissing, LimitExceeded
from jobmill.core.watches import FileFacts

MOST_FILES = 200_000


class StatWalk:
    """Implements `FolderWalk`."""

    def files(self, folder: Path, pattern: str, recursive: bool) -> Mapping[str, FileFacts]:
        """The plain, visible files that fit, by their path below the folder."""
        found: dict[str, FileFacts] = {}
        for entry, path in _entries(folder, "", recursive):
            if not fnmatchcase(path if "/" in pattern else entry.name, pattern):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
                path.encode()
            except (OSError, UnicodeEncodeError):  # gone since, or no name that a job could give
                continue
            found[path] = FileFacts(facts.st_size, facts.st_mtime_ns)
            if len(found) > MOST_FILES:
                raise LimitExceeded(f"The folder holds more than {MOST_FILES} files; divide it.")
        return found


def _entries(
    folder: Path | str, before: str, recursive: bool
) -> Iterator[tuple["os.DirEntry[str]", str]]:
    try:
        listing = os.scandir(folder)
    except OSError as error:
        if before:  # a folder inside that went, or may not be read
            return
        raise InputMissing(f"The folder cannot be read: {error.strerror}.") from None
    with listing:
        for entry in listing:
            if entry.name.startswith("."):
                continue
            if entry.is_file(follow_symlinks=False):
                yield entry, before + entry.name
            elif recursive and entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{before}{entry.name}/", recursive)
