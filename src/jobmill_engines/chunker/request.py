"""What is asked of the chunker, read from a task's parameters and checked. Opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jobmill_engine import InputRejected
from jobmill_engines.chunker.audio_file import AUDIO_FORMATS
from jobmill_engines.chunker.custom import read_template
from jobmill_engines.media.sound import SoundShape

CUSTOM = "custom"
_RATES, _CHANNELS = (8000, 16000, 24000, 48000), (1, 2)
TEMPLATES = ("audio", "video", "frame", "rawchunk")
FORMATS = {
    "audio": tuple(AUDIO_FORMATS),
    "video": ("mp4",),
    "frame": ("jpg", "png"),
    "rawchunk": ("raw",),
}
_OVERLAP = dict.fromkeys(TEMPLATES, Fraction(0)) | {"audio": Fraction(2)}
_SEARCH = Fraction(5)
_SHORTEST = Fraction(1, 10)
_MOST_FRAMES = 120


@dataclass(frozen=True, slots=True)
class Request:
    """Times in seconds. `track` counts the audio tracks from 0; None: the one marked as default."""

    template: str
    chunk: Fraction
    overlap: Fraction
    search: Fraction
    exact: bool
    format: str
    shape: SoundShape
    track: int | None
    frames_per_second: Fraction
    bytes: int


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request in these parameters. Raises `InputRejected` with code `bad_parameter`."""
    template = str(parameters.get("template", "audio"))
    if template == CUSTOM:
        given = dict(parameters)
        text = str(given.pop("custom_template", None) or "")
        parameters = _checked(read_template(text, given))
        template = str(parameters["template"])
    if template not in TEMPLATES:
        raise _bad("template", f"one of {', '.join(TEMPLATES)}", template)
    chunk = _seconds(parameters, "chunk_seconds", Fraction(300))
    if chunk < _SHORTEST:
        raise _bad("chunk_seconds", "at least 0.1", parameters.get("chunk_seconds"))
    exact = bool(parameters.get("exact_cuts", False))
    search = _seconds(parameters, "search_seconds", _SEARCH)
    overlap = _seconds(parameters, "overlap_seconds", min(_OVERLAP[template], chunk / 2))
    if overlap >= chunk:
        raise _bad("overlap_seconds", "less than chunk_seconds", parameters["overlap_seconds"])
    return Request(
        template=template,
        chunk=chunk,
        overlap=overlap,
        search=Fraction(0) if exact else min(search, chunk / 4),
        exact=exact,
        format=_format(template, parameters.get("format")),
        shape=SoundShape(int(parameters.get("rate", 16000)), int(parameters.get("channels", 1))),
        track=parameters.get("track"),
        frames_per_second=_frames(parameters.get("frames_per_second", "1")),
        bytes=int(parameters.get("bytes", 1 << 20)),
    )


def _checked(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a template's numbers must be, as the manifest says it of those given by themselves."""
    for name, known in (("rate", _RATES), ("channels", _CHANNELS)):
        if parameters.get(name, known[0]) not in known:
            raise _bad(name, f"one of {', '.join(map(str, known))}", parameters[name])
    return parameters


def _seconds(parameters: Mapping[str, Any], name: str, default: Fraction) -> Fraction:
    value = parameters.get(name, default)
    try:
        seconds = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise _bad(name, "a number of seconds", value) from None
    if not 0 <= seconds <= 24 * 3600:
        raise _bad(name, "between 0 and a day", value)
    return seconds


def _frames(value: object) -> Fraction:
    """`2`, `0.5`, "1" and "1/60" alike."""
    try:
        rate = Fraction(str(value).replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= _MOST_FRAMES:
        raise _bad("frames_per_second", f'up to {_MOST_FRAMES}, such as 1 or "1/60"', value)
    return rate


def _format(template: str, value: object) -> str:
    known = FORMATS[template]
    name = str(value).lower() if value else known[0]
    name = {"jpeg": "jpg"}.get(name, name)
    if name not in known:
        raise _bad("format", f"one of {', '.join(known)} for the template {template}", value)
    return name


def _bad(name: str, wanted: str, value: object) -> InputRejected:
    return InputRejected("bad_parameter", f"{name} must be {wanted}, not {value!r}.")
