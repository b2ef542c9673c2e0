"""Where an engine finds the models and libraries that were installed for it.

The server tells by `JOBMILL_MODELS`: a folder with one folder a model. Downloads nothing.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from jobmill_engine.engine import PlatformFailed

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


class ModelMissing(PlatformFailed):
    """A model (or the libraries for it) is not on this machine; the message has the command."""

    def __init__(self, name: str, why: str = "is not installed", *, install: str = "") -> None:
        command = install or f"jobmill models install {name}{_destination()}"
        message = f"The model {name!r} {why}. Install it: {command}"
        super().__init__(code="model_missing", message=message)


def models_folder() -> Path | None:
    """The folder of all models, if the server (or the user) named one."""
    given = os.environ.get("JOBMILL_MODELS", "")
    return Path(given) if given else None


def find_model(name: str) -> Path | None:
    """The folder of the model of that name, or None. A name is never a path."""
    home = models_folder()
    if home is None or not _NAME.fullmatch(name):
        return None
    folder = home / name
    return folder if folder.is_dir() else None


def model_folder(name: str, *, install: str = "") -> Path:
    """The folder of the model of that name. Raises `ModelMissing` with the command that helps.

    `install` is that command for a model which `jobmill models` does not know.
    """
    folder = find_model(name)
    if folder is None:
        raise ModelMissing(name, install=install)
    return folder


def add_libraries(extra: str) -> None:
    """Make the libraries that `jobmill models` installed for an extra importable.

    They come after everything else on the path: what the interpreter has already is taken first.
    Harmless when they are not there; the import then fails, which is for the caller to explain.
    """
    home = models_folder()
    if home is None:
        return
    folder = str(home / ".libraries" / extra / str(sys.implementation.cache_tag))
    if folder not in sys.path:
        sys.path.append(folder)


def _destination() -> str:
    home = models_folder()
    return "" if home is None else f" --to {home}"
