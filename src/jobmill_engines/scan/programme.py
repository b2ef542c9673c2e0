"""What several audio streams make together: one programme or two, its name, where it is silent.

Decodes nothing; works on the finished timelines of sets of channels.
"""

from collections.abc import Sequence
from fractions import Fraction

from av.audio.stream import AudioStream
from av.stream import Disposition

from jobmill_engines.scan.arrangement import name_of
from jobmill_engines.scan.channels import Heard
from jobmill_engines.scan.spans import Span, append, intersect, overlay

_SECOND = Disposition.visual_impaired | Disposition.descriptions | Disposition.dub


def same_programme(first: AudioStream, other: AudioStream) -> bool:
    """Whether two streams may be channels of one programme: no other language, no other purpose."""
    languages = {_language(first), _language(other)} - {""}
    return len(languages) < 2 and not other.disposition & _SECOND


def append_named(
    formats: list[Span], heard: Sequence[Heard], streams: Sequence[AudioStream]
) -> None:
    """Add to `formats` the name of what all sets of channels carried together, over time."""
    known = {stream.index: stream for stream in streams}
    timelines = [line for each in heard for line in each.formats]
    owners = [each.first for each in heard for _ in each.formats]
    for start, end, labels in overlay(timelines):
        live = [
            owner
            for owner, label in zip(owners, labels, strict=True)
            if label not in ("", "silence")
        ]
        second = len(live) == 2 and _is_second(known[live[0]], known[live[1]])
        append(formats, Span(start, end, name_of(labels, second)))


def append_silence(
    quiet: list[Span], feature: str, heard: Sequence[Heard], start: Fraction
) -> None:
    """Add to `quiet` where no set of channels sounds, from `start` on.

    A set is silent before it begins and after it is over.
    """
    latest = max((each.end for each in heard), default=Fraction(0))
    common: list[Span] | None = None
    for each in heard:
        own = [
            *([Span(start, each.begin, "silence")] if each.begin > start else []),
            *each.silences[feature],
            *([Span(each.end, latest, "silence")] if each.end < latest else []),
        ]
        joined: list[Span] = []
        for span in own:
            append(joined, span)
        common = joined if common is None else intersect(common, joined, "silence")
    for span in common or []:
        append(quiet, span)


def _is_second(one: AudioStream, two: AudioStream) -> bool:
    """Whether a stream says that it is another programme of the same pictures."""
    if one.index == two.index:
        return False
    languages = [_language(one), _language(two)]
    differ = all(languages) and languages[0] != languages[1]
    return differ or bool(two.disposition & _SECOND)


def _language(stream: AudioStream) -> str:
    language = stream.metadata.get("language", "")
    return "" if language == "und" else language
