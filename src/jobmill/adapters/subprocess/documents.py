"""Take over what an engine left in its work folder, and trust none of it.

An engine names paths; they may be lies: links out, pipes that never end, files that are swapped
meanwhile. So a file is opened first, and it is the open file that is checked.
"""

import json
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from jobmill.core.results.checking import problem_of

READ_INLINE = 1 << 18
"""Bytes of a result document that are parsed on the event loop; a larger one goes to a thread."""

LARGEST_DOCUMENT = 256 << 20
"""Bytes of a result document."""

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class BadResult(Exception):
    """What an engine handed over cannot be used; the message says why."""


def real_folder(workdir: Path) -> str:
    """The work folder as the kernel names it, which is what an open file is compared with."""
    return os.path.realpath(workdir)


def open_inside(home: str, relative: str) -> tuple[int, Path]:
    """Open a regular file inside `home`, a real path: its descriptor and its own real path.

    Raises `BadResult` if it is not there, not regular, or (by a link or "..") lies elsewhere.
    """
    try:
        fd = os.open(os.path.join(home, relative), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # noqa: PTH118
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadResult(f"The engine named the file {relative!r}: {reason}.") from None
    path = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115
    if stat.S_ISREG(os.fstat(fd).st_mode) and path.startswith(home + "/"):
        return fd, Path(path)
    os.close(fd)
    raise BadResult(f"The engine named {relative!r}, which is no regular file in its work folder.")


def check_file(home: str, relative: str) -> Path:
    """The real path of a regular file inside `home`. Raises `BadResult`."""
    fd, path = open_inside(home, relative)
    os.close(fd)
    return path


def read_bytes(fd: int) -> bytes:
    """Read and close an open result document. Raises `BadResult` if it is too large."""
    with os.fdopen(fd, "rb", buffering=0) as file:
        size = os.fstat(fd).st_size
        data = file.read(min(size, LARGEST_DOCUMENT) + 1)
    if size > LARGEST_DOCUMENT or data is None or len(data) != size:
        raise BadResult(
            f"The result document of {size} bytes is larger than {LARGEST_DOCUMENT >> 20} MiB, "
            "or is still being written."
        )
    return data


def parse_document(data: bytes, media_out: Sequence[str] = ()) -> dict[str, Any]:
    """Parse a result document: one JSON object, of the kind that the engine says it gives.

    Raises `BadResult`, also for NaN, infinities and halves of surrogate pairs.
    """
    try:
        document = json.loads(data, parse_constant=_refuse)
        if _HALF_CHARACTER.search(data):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadResult(f"The result document is not usable JSON: {error}") from None
    if not isinstance(document, dict):
        raise BadResult(f"The result document is a {type(document).__name__}, not an object.")
    problem = problem_of(document, media_out)
    if problem is not None:
        raise BadResult(problem)
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
