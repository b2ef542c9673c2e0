"""Places of assets: `data://folder/name`, unique in an organization. Names nothing on a disk."""

import unicodedata
from urllib.parse import unquote, urlsplit

from jobmill.core.errors import InvalidInput

SCHEME = "data://"
PATH_LIMIT, WORD_LIMIT = 1024, 255


def is_data_path(text: str) -> bool:
    """Whether this names an asset by its place."""
    return text.lower().startswith(SCHEME)


def data_path(text: str, field: str = "path") -> str:
    """The path without its scheme, in one spelling. Raises InvalidInput.

    Words are divided by `/`; they hold what can be printed, and are neither empty nor dots alone.
    """
    bare = text[len(SCHEME) :] if is_data_path(text) else text
    path = unicodedata.normalize("NFC", bare.strip("/"))
    words = path.split("/")
    if len(path) > PATH_LIMIT or not all(_is_word(word) for word in words):
        raise InvalidInput(
            f"{field}: write data://folder/name, at most {PATH_LIMIT} characters, of words that "
            "are printable, hold no backslash and are not '.' or '..'.",
            field=field,
        )
    return path


def name_of(path: str) -> str:
    """The last word of a path."""
    return path.rpartition("/")[2]


def name_in_address(url: str) -> str:
    """The last word of an address's path, as people write it; never empty, without separators."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    name = "".join(c for c in last if c.isprintable() and c not in "/\\").strip()
    return name if name.strip(".") else "download"


def _is_word(word: str) -> bool:
    good = bool(word.strip()) and word.isprintable() and "\\" not in word
    return good and word not in (".", "..") and len(word) <= WORD_LIMIT
