"""A recogniser that is no model, and a way to run the engine on a file without a process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobmill_engine import Task
from jobmill_engine.protocol import InputFile, Message, Run
from jobmill_engines.transcribe.engine import TranscribeEngine
from jobmill_engines.transcribe.recognise import Language, Phrase, Recogniser, Word
from jobmill_engines.transcribe.request import Request
from jobmill_engines.transcribe.windows import RATE, Samples


class Clicks(Recogniser):
    """Hears a word `click` wherever a sample is loud; knows English and Spanish."""

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        self.name, self.folder, self.threads = name, folder, threads
        self.asked: list[tuple[int, str | None, bool]] = []

    def check_language(self, code: str | None) -> None:
        """Knows all."""

    def recognise(
        self, samples: Samples, request: Request, language: str | None, word_times: bool
    ) -> tuple[Language | None, Iterator[Phrase]]:
        self.asked.append((samples.size, language, word_times))
        loud = np.flatnonzero(samples > 0.5) * 1000 / RATE
        if not loud.size:
            return None, iter(())
        return Language(language or "es", 0.75), (
            self._phrase(float(at), word_times) for at in loud
        )

    def _phrase(self, at: float, word_times: bool) -> Phrase:
        words = (Word(at - 50, at + 50, " click", 0.5),) if word_times else ()
        return Phrase(at - 50, at + 50, " click", words)


@dataclass
class Ran:
    """An engine's answer, and what it sent meanwhile."""

    document: dict[str, Any]
    sent: list[Message]
    heard: list[Clicks] = field(default_factory=list)

    @property
    def starts(self) -> list[float]:
        return [word["start_ms"] for word in self.document["words"]]


Transcribe = Callable[..., Ran]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty model of the user's own."""
    home = tmp_path / "models"
    (home / "mine").mkdir(parents=True)
    monkeypatch.setenv("JOBMILL_MODELS", str(home))
    return home


@pytest.fixture
def transcribe(models: Path, tmp_path: Path) -> Transcribe:
    def call(
        path: Path,
        parameters: Mapping[str, Any] | None = None,
        *,
        mode: str | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Ran:
        heard: list[Clicks] = []
        sent: list[Message] = []

        def load(name: str, folder: Path, threads: int) -> Clicks:
            heard.append(Clicks(name, folder, threads))
            return heard[-1]

        number = 0 if mode == "chunk" else None
        given = InputFile("in", str(path), "audio/wav", path.name, number, dict(meta or {}))
        asked = {"model": "mine", **(parameters or {})}
        task = Task(Run("a", (), asked, (given,), str(tmp_path), mode), sent.append)
        document = TranscribeEngine(load).run(
            task.of_chunk(task.chunks()[0]) if number == 0 else task
        )
        task.flush()
        return Ran(dict(document or {}), sent, heard)

    return call
