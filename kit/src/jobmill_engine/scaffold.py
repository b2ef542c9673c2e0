"""Write the folder of a new engine: a small real one that passes its checks from the start."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

_TEMPLATES = Path(__file__).with_name("templates")
_FILES = {
    "engine.toml": "engine.toml",
    "__main__.py": "__main__.py",
    "test_engine.py": "test_{module}.py",
    "README.md": "README.md",
    "hello.txt": "samples/hello.txt",
}
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


def write_engine(name: str, into: Path) -> Path:
    """Make the folder `into/name` and return it.

    Raises `ValueError` for a name that cannot be an id, `FileExistsError` if the folder is there.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot be an engine's id: use lower case letters, digits and '-', "
            "beginning with a letter."
        )
    words = re.split("[-_]", name)
    told = {
        "id": name,
        "name": " ".join(words).capitalize(),
        "class_name": "".join(word.capitalize() for word in words),
    }
    folder = into / name
    folder.mkdir(parents=True)
    for template, target in _FILES.items():
        file = folder / target.format(module="_".join(words))
        file.parent.mkdir(exist_ok=True)
        text = (_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
        file.write_text(Template(text).substitute(told), encoding="utf-8")
    return folder
