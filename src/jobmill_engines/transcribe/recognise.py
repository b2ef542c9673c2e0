"""Whisper by faster-whisper: samples in, words out. The only module that imports it.

Without sampling: the same sound gives the same words each time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobmill_engine import InputRejected, ModelMissing, PlatformFailed, add_libraries
from jobmill_engines.transcribe.request import Request
from jobmill_engines.transcribe.windows import RATE, Samples

EXTRA = "speech"


@dataclass(frozen=True, slots=True)
class Word:
    """`text` as the model writes it, with the space before it. Times in ms."""

    start_ms: float
    end_ms: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words that belong together; `words` is empty when no word times were asked for."""

    start_ms: float
    end_ms: float
    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A language code and how sure the model is of it."""

    code: str
    confidence: float


class Recogniser:
    """A loaded model. Raises `ModelMissing` without its libraries, `PlatformFailed` when it is no
    such model or not all of it."""

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        self.name = name
        self._whisper = _library(name)
        _check_files(name, folder)
        try:
            self._model = self._whisper.WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise _unusable(name, folder, f"cannot be loaded ({error})") from error

    def check_language(self, code: str | None) -> None:
        """Raise `InputRejected` unless the model knows the language."""
        known = self._model.supported_languages
        if code is None or code in known:
            return
        if known == ["en"]:
            told = "knows English only: name another model, such as whisper-base"
        else:
            told = f"knows these: {', '.join(sorted(known))}"
        raise InputRejected(
            "language_unknown", f"The model {self.name!r} does not know {code!r}; it {told}."
        )

    def recognise(
        self, samples: Samples, request: Request, language: str | None, word_times: bool
    ) -> tuple[Language | None, Iterator[Phrase]]:
        """The language, and the phrases one by one while they are found; none without speech."""
        spoken = self._speech(samples) if request.vad else None
        if spoken == []:
            return None, iter(())
        heard = samples if spoken is None else self._only(samples, spoken)
        segments, info = self._model.transcribe(
            heard,
            language=language,
            beam_size=request.beam_size,
            temperature=0.0,
            # Each half minute by itself: a slip of the ear is not passed on, and a chunk is heard
            # as it would be in the whole.
            condition_on_previous_text=False,
            hotwords=request.prompt,
            word_timestamps=word_times,
            language_detection_segments=4,
        )
        if spoken is not None:
            restore = self._whisper.transcribe.restore_speech_timestamps
            segments = restore(segments, spoken, RATE)
        found = Language(info.language, float(info.language_probability))
        return found, map(_phrase, segments)

    def _speech(self, samples: Samples) -> list[dict[str, int]]:
        """Where somebody speaks, as sample numbers."""
        vad = self._whisper.vad
        found: list[dict[str, int]] = vad.get_speech_timestamps(samples, vad.VadOptions())
        return found

    def _only(self, samples: Samples, spoken: list[dict[str, int]]) -> Samples:
        import numpy as np

        parts, _ = self._whisper.vad.collect_chunks(samples, spoken)
        return np.concatenate(parts)


def load_recogniser(name: str, folder: Path, threads: int) -> Recogniser:
    """A model ready for work."""
    return Recogniser(name, folder, threads)


def _library(name: str) -> Any:
    add_libraries(EXTRA)
    try:
        import faster_whisper
        import faster_whisper.transcribe
        import faster_whisper.vad
    except ImportError as error:
        raise ModelMissing(name, f"lacks its libraries ({error})") from error
    return faster_whisper


def _check_files(name: str, folder: Path) -> None:
    """All that the library would otherwise look for on the network."""
    for pattern in ("model.bin", "config.json", "tokenizer.json", "vocabulary.*"):
        if not any(folder.glob(pattern)):
            raise _unusable(name, folder, f"lacks {pattern}")


def _unusable(name: str, folder: Path, why: str) -> PlatformFailed:
    return PlatformFailed(
        "model_unusable",
        f"The model {name!r} in {folder} {why}. It must be a Whisper model in the format of"
        " CTranslate2. Put it right, or install it anew: jobmill models remove NAME, and install.",
    )


def _phrase(segment: Any) -> Phrase:
    words = tuple(
        Word(_ms(word.start), _ms(word.end), str(word.word), round(float(word.probability), 4))
        for word in segment.words or ()
    )
    return Phrase(_ms(segment.start), _ms(segment.end), str(segment.text), words)


def _ms(seconds: Any) -> float:
    return round(float(seconds) * 1000, 3)


Loader = Callable[[str, Path, int], Recogniser]
