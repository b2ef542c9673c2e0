"""WebVTT (W3C, https://www.w3.org/TR/webvtt1/)."""

from collections.abc import Sequence

from jobmill.core.exports.direction import marked
from jobmill.core.exports.layout import Screen
from jobmill.core.exports.times import clock_time


def write_vtt(screens: Sequence[Screen], language: str | None = None) -> str:
    """A file of cues in the order of their start, as the format asks."""
    cues = [_cue(screen, language) for screen in sorted(screens, key=lambda each: each.start_ms)]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(screen: Screen, language: str | None) -> str:
    times = f"{clock_time(screen.start_ms)} --> {clock_time(screen.end_ms)}"
    return "\n".join([times, *(_escaped(marked(line, language)) for line in screen.lines)])


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
