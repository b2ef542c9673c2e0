"""Plain text: line after line."""

from collections.abc import Sequence

from jobmill.core.exports.layout import Line


def write_text(lines: Sequence[Line]) -> str:
    """UTF-8 text without a byte order mark; nothing said is an empty file."""
    return "".join(f"{line.text}\n" for line in lines)
