"""Media of known contents for the engines that cut and copy, and the way they are run in tests."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from jobmill_engine import Engine, protocol
from jobmill_engine.engine import Task

RATE = 16000


@dataclass
class Ran:
    """What an engine did with one task."""

    document: Mapping[str, Any]
    sent: list[protocol.Message]
    workdir: Path
    parts: list["Part"] = field(default_factory=list)

    def of(self, port: str) -> list["Part"]:
        return [part for part in self.parts if part.port == port]

    @property
    def warnings(self) -> list[str]:
        return [each.code for each in self.sent if isinstance(each, protocol.Warn)]

    @property
    def logged(self) -> str:
        return "\n".join(each.text for each in self.sent if isinstance(each, protocol.Log))


@dataclass
class Part:
    """A part as its reader gets it."""

    port: str
    path: Path
    media_type: str
    number: int
    meta: Mapping[str, Any]

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()


def run(
    engine: type[Engine],
    path: Path,
    workdir: Path,
    *,
    mode: str = "whole",
    live: bool = False,
    resume: dict[str, int] | None = None,
    each: Callable[[protocol.Output], None] | None = None,
    spool: Path | None = None,
    **parameters: Any,
) -> Ran:
    """Run an engine on one file in this process, as the host loop would; `each` sees each part."""
    workdir.mkdir(parents=True, exist_ok=True)
    given = protocol.InputFile("in", str(path), "video/mp4", path.name, live=live)
    ran = Ran({}, [], workdir)

    def send(message: protocol.Message) -> None:
        ran.sent.append(message)
        if isinstance(message, protocol.Output):
            number = len(ran.of(message.port)) if message.number is None else message.number
            place = workdir / message.path
            meta = message.meta or {}
            ran.parts.append(Part(message.port, place, message.media_type, number, meta))
            if each is not None:
                each(message)

    asked = protocol.Run(
        "a", (), parameters, (given,), str(workdir), mode=mode, resume=resume,
        spool=None if spool is None else str(spool),
    )  # fmt: skip
    ran.document = engine().run(Task(asked, send)) or {}
    return ran


def run_live(
    engine: type[Engine],
    write: Callable[[Path], None],
    workdir: Path,
    each: Callable[[protocol.Output], None],
    **parameters: Any,
) -> Ran:
    """Run an engine in mode stream on a pipe that `write` fills from a thread."""
    with _fed(workdir, write) as pipe:
        return run(engine, pipe, workdir, mode="stream", live=True, each=each, **parameters)


@contextmanager
def piped(data: bytes, folder: Path, step: int = 1000) -> Iterator[Path]:
    """A pipe that carries these bytes, some at a time."""

    def write(path: Path) -> None:
        with path.open("wb", buffering=0) as pipe:
            for start in range(0, len(data), step):
                pipe.write(data[start : start + step])

    with _fed(folder, write) as path:
        yield path


@contextmanager
def _fed(folder: Path, write: Callable[[Path], None]) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pipe"
    os.mkfifo(path)

    def feed() -> None:
        with suppress(BrokenPipeError):  # the reader may have seen enough
            write(path)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield path
    finally:
        thread.join(30)
        path.unlink()
        assert not thread.is_alive()


Spans = list[tuple[float, float]]


def speech(seconds: float, seed: int, rate: int = RATE) -> tuple[NDArray[np.int16], Spans]:
    """Something like speech: words of 0.15 to 0.6 s with 40 ms between most and longer pauses
    between phrases, over a quiet room; with where the words are, in seconds."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 12, round(seconds * rate))
    words: Spans = []
    time = 0.2
    while True:
        length = float(rng.uniform(0.15, 0.6))
        if time + length > seconds - 0.1:
            return np.clip(samples, -32768, 32767).astype(np.int16), words
        first, last = round(time * rate), round((time + length) * rate)
        samples[first:last] += _word(last - first, rate, rng)
        words.append((first / rate, last / rate))
        pause = rng.uniform(0.25, 0.7) if rng.random() < 0.2 else 0.04
        time += length + float(pause)


def _word(count: int, rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    time = np.arange(count) / rate
    hertz = rng.uniform(90, 140)
    voice = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 12))
    shape = np.sin(np.pi * np.linspace(0.08, 0.92, count)) ** 0.5
    return np.asarray(4000 * voice * shape)


def samples_of(path: Path) -> NDArray[np.int16]:
    """All samples of an audio file, mixed to one channel at its own rate."""
    with av.open(str(path)) as file:
        rate = file.streams.audio[0].rate
        resampler = av.AudioResampler("s16", "mono", rate)
        frames = [
            made for frame in file.decode(audio=0) for made in resampler.resample(frame)
        ] + resampler.resample(None)
    return np.concatenate([np.asarray(frame.to_ndarray(), np.int16).ravel() for frame in frames])
