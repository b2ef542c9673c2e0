"""A template in the words of FFmpeg's command line, understood and never run.

Each option that is allowed stands for a parameter of the chunker; any other is refused by name, so
that no template reaches files, addresses, filters or protocols. Pure.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from jobmill_engine import InputRejected

_SOUND = {"wav": "wav", "flac": "flac", "mp3": "mp3", "m4a": "m4a", "ipod": "m4a", "ogg": "ogg"}
_PICTURES = {"jpg": "jpg", "jpeg": "jpg", "png": "png"}
_CODECS = {
    "pcm_s16le": "wav",
    "flac": "flac",
    "mp3": "mp3",
    "libmp3lame": "mp3",
    "aac": "m4a",
    "opus": "ogg",
    "libopus": "ogg",
}
_IMAGES = {"mjpeg": "jpg", "png": "png"}
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}|\{(\w+)\}")
_NAMES = {
    "chunkSizeInSeconds": "chunk_seconds",
    "outputFormat": "format",
    "framesPerSecond": "frames_per_second",
}
Found = dict[str, Any]


def read_template(text: str, parameters: Mapping[str, Any]) -> Found:
    """The parameters that a template stands for, with `template` among them; those that were given
    beside it hold where it says nothing.

    `{{chunkSizeInSeconds}}`, `{{outputFormat}}`, `{{framesPerSecond}}` and the parameters' own
    names are filled in. Raises `InputRejected` with code `bad_parameter`.
    """
    if not text.strip():
        raise _bad("is missing: with the template custom it says how to cut")
    try:
        words = shlex.split(_PLACEHOLDER.sub(lambda match: _filled(match, parameters), text))
    except ValueError as error:
        raise _bad(f"cannot be split into words ({error})") from None
    found: Found = {}
    if words[:1] == ["ffmpeg"]:
        del words[0]
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            if words:
                raise _bad(f"has {word!r} where an option is expected")
            _output(word, found)
        elif word in _FLAGS:
            found |= _FLAGS[word]
        elif word in _VALUES and words:
            _VALUES[word](words.pop(0), found)
        elif word in _VALUES:
            raise _bad(f"says nothing behind {word}")
        else:
            raise _bad(f"has {word}; allowed are {', '.join(sorted({*_FLAGS, *_VALUES}))}")
    return _with_kind({**parameters, **found})


def _filled(match: re.Match[str], parameters: Mapping[str, Any]) -> str:
    name = match[1] or match[2]
    known = _NAMES.get(name, name)
    if name in ("input", "output"):
        return name
    if known not in parameters:
        raise _bad(f"names {match[0]}, which is not given")
    return str(parameters[known])


def _with_kind(found: Found) -> Found:
    """What the chunks are: pictures, sound, or video."""
    silent, blind = found.pop("silent", False), found.pop("blind", False)
    wanted = found.get("format")
    if wanted in _PICTURES.values() or (silent and "frames_per_second" in found and not wanted):
        kind = "frame"
    elif blind or wanted in _SOUND.values():
        kind = "audio"
    else:
        kind = "video"
    if kind == "audio" and silent:
        raise _bad("leaves out sound and picture")
    return {**found, "template": kind}


def _output(word: str, found: Found) -> None:
    ending = word.rpartition(".")[2].lower()
    known = {**_SOUND, **_PICTURES, "mp4": "mp4"}
    if ending in known:
        found.setdefault("format", known[ending])


def _format(value: str, found: Found) -> None:
    known = {**_SOUND, **_PICTURES, "mp4": "mp4"}
    if value in ("segment", "image2", "image2pipe"):
        return
    if value not in known:
        raise _bad(f"has -f {value}; allowed are segment, image2, {', '.join(sorted(known))}")
    found["format"] = known[value]


def _sound_codec(value: str, found: Found) -> None:
    if value != "copy":
        found["format"] = _one_of("-c:a", value, _CODECS)


def _picture_codec(value: str, found: Found) -> None:
    if value in _IMAGES:
        found["format"] = _IMAGES[value]
    else:
        found["exact_cuts"] = _one_of("-c:v", value, {"copy": False, "libx264": True, "h264": True})


def _filter(value: str, found: Found) -> None:
    if re.fullmatch(r"fps=(fps=)?\d+(\.\d+)?(/\d+)?", value) is None:
        raise _bad(f"has the filter {value!r}; fps=… is the only one that is allowed")
    found["frames_per_second"] = value.rpartition("=")[2]


def _track(value: str, found: Found) -> None:
    chosen = re.fullmatch(r"0:(a:(?P<track>\d{1,3})|a|v|v:0)\??", value)
    if chosen is None:
        raise _bad(f"has -map {value}; allowed are 0:a, 0:v and 0:a:N")
    if chosen["track"] is not None:
        found["track"] = int(chosen["track"])


def _number(name: str, kind: Callable[[str], Any]) -> Callable[[str, Found], None]:
    def take(value: str, found: Found) -> None:
        try:
            found[name] = kind(value)
        except ValueError:
            raise _bad(f"has {value!r} where a number is expected") from None

    return take


def _pace(value: str, found: Found) -> None:
    found["frames_per_second"] = value


def _nothing(value: str, found: Found) -> None:
    """The input is the task's own, whatever it is called; how much is logged is ours to say."""


def _one_of(option: str, value: str, known: Mapping[str, Any]) -> Any:
    if value not in known:
        raise _bad(f"has {option} {value}; allowed are copy, {', '.join(sorted(known))}")
    return known[value]


def _bad(what: str) -> InputRejected:
    return InputRejected("bad_parameter", f"custom_template {what}.")


_FLAGS: Mapping[str, Found] = {
    "-vn": {"blind": True},
    "-an": {"silent": True},
    "-y": {},
    "-nostdin": {},
    "-hide_banner": {},
}
_VALUES: Mapping[str, Callable[[str, Found], None]] = {
    "-i": _nothing,
    "-v": _nothing,
    "-loglevel": _nothing,
    "-ar": _number("rate", int),
    "-ac": _number("channels", int),
    "-segment_time": _number("chunk_seconds", float),
    "-f": _format,
    "-segment_format": _format,
    "-c:a": _sound_codec,
    "-acodec": _sound_codec,
    "-c:v": _picture_codec,
    "-vcodec": _picture_codec,
    "-r": _pace,
    "-vf": _filter,
    "-filter:v": _filter,
    "-map": _track,
}
