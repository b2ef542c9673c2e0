"""Take over what an engine left in its work folder, and trust none of it.

An engine names paths; they may be lies: links out, pipes that never end, files that are swapped
meanwhile. So a file is opened first, and it is the open file that is checked.
"""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, NoReturn

LARGEST_DOCUMENT = 256 << 20
"""Bytes of a result document."""

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class BadResult(Exception):
    """What an engine handed over cannot be used; the message says why."""


def open_inside(workdir: Path, relative: str) -> tuple[int, Path]:
    """Open a regular file inside `workdir` for reading: its descriptor and its real path.

    Raises `BadResult` if it is not there, not regular, or (by a link or "..") lies elsewhere.
    """
    home = os.path.realpath(workdir)
    try:
        fd = os.open(os.path.join(home, relative), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # noqa: PTH118
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadResult(f"The engine named the file {relative!r}: {reason}.") from None
    path = Path(os.readlink(f"/proc/self/fd/{fd}"))  # noqa: PTH115
    if stat.S_ISREG(os.fstat(fd).st_mode) and path.is_relative_to(home):
        return fd, path
    os.close(fd)
    raise BadResult(f"The engine named {relative!r}, which is no regular file in its work folder.")


def check_file(workdir: Path, relative: str) -> Path:
    """The real path of a regular file inside `workdir`. Raises `BadResult`."""
    fd, path = open_inside(workdir, relative)
    os.close(fd)
    return path


def read_document(workdir: Path, relative: str) -> dict[str, Any]:
    """Read a result document: one JSON object of at most `LARGEST_DOCUMENT` bytes.

    Raises `BadResult`, also for NaN, infinities and halves of surrogate pairs.
    """
    fd, _ = open_inside(workdir, relative)
    with os.fdopen(fd, "rb") as file:
        data = file.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise BadResult(f"The result document is larger than {LARGEST_DOCUMENT >> 20} MiB.")
    try:
        document = json.loads(data, parse_constant=_refuse)
        if _HALF_CHARACTER.search(data):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadResult(f"The result document is not usable JSON: {error}") from None
    if not isinstance(document, dict):
        raise BadResult(f"The result document is a {type(document).__name__}, not an object.")
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
