"""The vendor's pages print documents with marks such as `// (1)`, which GraphQL does not know."""

import re

_TOKENS = re.compile(r'"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|//[^\n]*')


def without_slashes(text: str) -> str:
    """The document with `//` comments as GraphQL writes them; texts in quotes stay."""
    if "//" not in text:
        return text
    return _TOKENS.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    word = found.group()
    return "#" + word[1:] if word.startswith("//") else word
