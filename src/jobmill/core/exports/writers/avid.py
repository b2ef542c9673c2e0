"""The caption text that Avid Media Composer reads into its SubCap effect: time codes and lines."""

from collections.abc import Sequence

from jobmill.core.exports.layout import Screen
from jobmill.core.exports.times import time_code

_HEAD = "@ This file written with the Avid Caption plugin, version 1"


def write_avid(screens: Sequence[Screen], frames_per_second: int) -> str:
    """Blocks between the two marks. A screen ends when the next one begins, at the latest."""
    ordered = sorted(screens, key=lambda each: each.start_ms)
    blocks = []
    for number, screen in enumerate(ordered):
        following = ordered[number + 1].start_ms if number + 1 < len(ordered) else screen.end_ms
        end = min(screen.end_ms, following) if following > screen.start_ms else screen.end_ms
        times = [time_code(each, frames_per_second) for each in (screen.start_ms, end)]
        blocks.append("\n".join([" ".join(times), *screen.lines]))
    return "\n\n".join([_HEAD, "<begin subtitles>", *blocks, "<end subtitles>"]) + "\n"
