"""Speech made for the tests: espeak-ng says a known text and tells when each word begins.

Debian's package `espeak-ng`; called through its C library, since the program tells no times.
"""

import ctypes
import ctypes.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.engines.transcribe.made import write_wav

_SYNCHRONOUS, _RATE_PARAMETER, _WORD, _UTF8 = 2, 1, 1, 1


class EspeakMissing(Exception):
    """The library is not on this machine."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A file with speech. `onsets`: each word as written, and when it begins, in ms."""

    path: Path
    text: str
    onsets: tuple[tuple[str, float], ...]


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@cache
def _library() -> tuple[Any, int]:
    """The library, initialised, and its sample rate."""
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise EspeakMissing("espeak-ng is not installed: apt-get install espeak-ng")
    library = ctypes.CDLL(name)
    return library, library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)


def speak(path: Path, text: str, voice: str = "en-us", words_a_minute: int = 150) -> Spoken:
    """Say a text into a WAV file. Raises EspeakMissing.

    In a process of its own: what a process says second sounds a little different.
    """
    _library()
    told = subprocess.run(
        [sys.executable, "-m", __name__, str(path), voice, str(words_a_minute)],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return Spoken(path, text, tuple((word, at) for word, at in json.loads(told.stdout)))


def _say(path: Path, text: str, voice: str, words_a_minute: int) -> list[tuple[str, float]]:
    library, rate = _library()
    sound = bytearray()
    onsets: list[tuple[str, float]] = []

    def hear(samples: Any, count: int, events: Any) -> int:
        if samples and count:
            sound.extend(ctypes.string_at(samples, count * 2))
        for number in range(1 << 16):
            event = events[number]
            if not event.type:
                break
            if event.type == _WORD:
                first = event.text_position - 1
                word = text[first : first + event.length]
                onsets.append((word, float(event.audio_position)))
        return 0

    callback = _Callback(hear)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(_RATE_PARAMETER, words_a_minute, 0)
    data = text.encode() + b"\0"
    library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    write_wav(path, np.frombuffer(bytes(sound), np.int16), rate)
    return onsets


NUMBERS = {
    "3": "three",
    "4": "four",
    "6": "six",
    "9": "nine",
    "12": "twelve",
    "300": "three hundred",
}


def plain_words(text: str) -> list[str]:
    """Words as they are compared: small letters, no punctuation, numbers written out."""
    words = re.findall(r"[\w']+", text.lower())
    return " ".join(NUMBERS.get(word, word) for word in words).split()


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words to put in, leave out or replace: the edit distance over words."""
    row = list(range(len(heard) + 1))
    for above, word in enumerate(said, 1):
        before, row[0] = above - 1, above
        for column, other in enumerate(heard, 1):
            cost = before + (word != other)
            before = row[column]
            row[column] = min(cost, before + 1, row[column - 1] + 1)
    return row[-1]


def border_faults(
    said: Sequence[str], heard: Sequence[str], borders: Sequence[int], reach: int = 2
) -> list[str]:
    """Words lost (`-word`) or told twice or invented (`+word`) within `reach` words of a border.

    A border is a place in `heard`. A word that is misheard is neither: it is in its place.
    """
    faults = []
    for place, mark in _gaps(said, heard):
        if any(abs(place - border) <= reach for border in borders):
            faults.append(mark)
    return faults


def _gaps(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where, by place in `heard`, words have to be put in (`-`) or left out (`+`)."""
    rows = [list(range(len(heard) + 1))]
    for above, word in enumerate(said, 1):
        row = [above]
        for column, other in enumerate(heard, 1):
            row.append(
                min(rows[-1][column - 1] + (word != other), rows[-1][column] + 1, row[-1] + 1)
            )
        rows.append(row)
    at, place = len(said), len(heard)
    while at or place:
        cost = rows[at][place]
        if at and place and cost == rows[at - 1][place - 1] + (said[at - 1] != heard[place - 1]):
            at, place = at - 1, place - 1
        elif at and cost == rows[at - 1][place] + 1:
            at -= 1
            yield place, f"-{said[at]}"
        else:
            place -= 1
            yield place, f"+{heard[place]}"


def word_error_rate(said: str, heard: str) -> float:
    """Errors per word that was said."""
    words = plain_words(said)
    return word_errors(words, plain_words(heard)) / len(words)


def matched_onsets(
    spoken: Spoken, words: Sequence[dict[str, Any]]
) -> Iterator[tuple[float, float]]:
    """(true, heard) onsets in ms, of words that both have in the same place among their equals."""
    heard = [(plain_words(word["text"]), float(word["start_ms"])) for word in words]
    said = [(plain_words(word), onset) for word, onset in spoken.onsets]
    place = 0
    for word, onset in said:
        for ahead in range(place, min(place + 4, len(heard))):
            if heard[ahead][0] == word:
                yield onset, heard[ahead][1]
                place = ahead + 1
                break


ENGLISH = (
    "The museum opens at nine in the morning and closes at six in the evening. Visitors can walk"
    " through twelve rooms, each of them with a different collection. In the first room there are"
    " old maps of the city, drawn by hand more than three hundred years ago. The second room shows"
    " tools that farmers used before machines came to the fields. Children like the third room"
    " best, because they may touch everything there. My brother works in the library next door,"
    " where he repairs damaged books and letters. Last winter a pipe broke, and water ran down the"
    " walls for several hours. Nobody was hurt, but many papers were wet and had to be dried one by"
    " one. The work took almost four months. Today the library is open again, and the new roof is"
    " said to be much stronger than the old one."
)
SPANISH = (
    "Buenos días a todos. El museo abre a las nueve de la mañana y cierra a las seis de la tarde."
    " Mi hermano trabaja en la biblioteca y repara libros antiguos. El próximo domingo vamos a"
    " visitar a nuestros amigos en Madrid."
)

if __name__ == "__main__":
    _path, _voice, _pace = sys.argv[1:]
    print(json.dumps(_say(Path(_path), sys.stdin.read(), _voice, int(_pace))))
