"""What one task asks for: its parameters, checked, with their defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DETECT = "detect"
MODELS = ("whisper-base", "whisper-tiny-en")
"""What is taken, in this order, when no model is named."""


@dataclass(frozen=True, slots=True)
class Request:
    """`language` is a code of two or three letters, None: to be detected. `model` None: any.

    `track` counts the audio tracks from 0; None: the one marked as default.
    """

    model: str | None = None
    language: str | None = None
    word_times: bool = True
    vad: bool = True
    beam_size: int = 5
    prompt: str | None = None
    threads: int = 1
    track: int | None = None


def read_request(parameters: Mapping[str, Any]) -> Request:
    """The request of parameters that fit the manifest's schema."""
    language = str(parameters.get("language") or DETECT).strip().lower()
    return Request(
        model=parameters.get("model"),
        # en-US is taken for en: the model knows no regions.
        language=None if language == DETECT else language.replace("_", "-").partition("-")[0],
        word_times=parameters.get("word_times", True),
        vad=parameters.get("vad", True),
        beam_size=parameters.get("beam_size", 5),
        prompt=parameters.get("prompt") or None,
        threads=parameters.get("threads") or fair_threads(),
        track=parameters.get("track"),
    )


def fair_threads() -> int:
    """Our share of the processors when as many attempts run as the worker has slots.

    Fixed, not by what runs at the moment: the same file shall give the same words every time.
    """
    processors = len(os.sched_getaffinity(0))
    slots = os.environ.get("JOBMILL_SLOTS", "")
    return max(1, processors // (int(slots) if slots.isdecimal() and int(slots) else processors))
