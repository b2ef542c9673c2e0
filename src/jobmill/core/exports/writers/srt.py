"""SubRip. The format has no escapes: what would be read as a tag or a time is kept apart by a space
of no width, so that it shows as it was said."""

import re
from collections.abc import Sequence

from jobmill.core.exports.direction import marked
from jobmill.core.exports.layout import Screen
from jobmill.core.exports.times import clock_time

_NO_WIDTH = "\u200b"
_TAG = re.compile(r"<(?=\s*[/a-zA-Z])|\{(?=\\)|--(?=>)")


def write_srt(screens: Sequence[Screen], language: str | None = None) -> str:
    """Numbered blocks, from 1 on."""
    ordered = sorted(screens, key=lambda each: each.start_ms)
    blocks = [_block(number, each, language) for number, each in enumerate(ordered, start=1)]
    return "\n".join(blocks)


def _block(number: int, screen: Screen, language: str | None) -> str:
    times = f"{clock_time(screen.start_ms, ',')} --> {clock_time(screen.end_ms, ',')}"
    lines = "\n".join(_plain(marked(line, language)) for line in screen.lines)
    return f"{number}\n{times}\n{lines}\n"


def _plain(line: str) -> str:
    return _TAG.sub(lambda found: found.group() + _NO_WIDTH, line)
