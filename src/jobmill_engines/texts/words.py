"""Lists of words that lie beside the code as text files."""

from pathlib import Path


def read_words(file: Path) -> frozenset[str]:
    """The words of a file, any number in a line; what follows a `#` is a comment."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())
