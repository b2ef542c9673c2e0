"""Names of the files in an archive: readable, harmless everywhere, each once. Pure."""

import unicodedata

LIMIT = 100
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


class Names:
    """Gives each file a name that no other has, whatever the letters' case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, words: list[str], extension: str, folder: str = "") -> str:
        """A name of these words; the extension stays as it is."""
        stem = "-".join(filter(None, (harmless(word) for word in words))) or "file"
        number, name = 1, f"{folder}{stem}.{extension}" if extension else f"{folder}{stem}"
        while name.casefold() in self._taken:
            number += 1
            name = (
                f"{folder}{stem}-{number}.{extension}" if extension else f"{folder}{stem}-{number}"
            )
        self._taken.add(name.casefold())
        return name


def harmless(text: str) -> str:
    """Letters, digits and little else; what a file system could mistake becomes `_`."""
    folded = unicodedata.normalize("NFC", text)
    kept = "".join(each if _is_plain(each) else "_" for each in folded).strip(" ._")[:LIMIT]
    return f"_{kept}" if kept.casefold() in _RESERVED else kept


def stem_of(name: str) -> tuple[str, str]:
    """A file's name without its extension, and the extension if it is a harmless one."""
    stem, dot, extension = name.rpartition(".")
    if not (stem and dot and extension.isascii() and extension.isalnum() and len(extension) <= 8):
        return name, ""
    return stem, extension


def _is_plain(character: str) -> bool:
    return character in " .-_()" or unicodedata.category(character)[0] in "LNM"
