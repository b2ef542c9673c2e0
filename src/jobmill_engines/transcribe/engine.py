"""Speech to text as an engine: finds the model, opens the file, hears window after window."""

from collections.abc import Iterator
from pathlib import Path

from jobmill_engine import (
    Engine,
    Input,
    InputRejected,
    ModelMissing,
    Result,
    Task,
    find_model,
    model_folder,
)
from jobmill_engines.media.containers import open_media, sniff
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.media.streams import sound_streams
from jobmill_engines.transcribe.document import Transcript, own_span
from jobmill_engines.transcribe.recognise import Loader, Recogniser, load_recogniser
from jobmill_engines.transcribe.request import MODELS, Request, read_request
from jobmill_engines.transcribe.sound import RATE, Heard, Samples, declared_seconds, sound_blocks
from jobmill_engines.transcribe.windows import windows


class TranscribeEngine(Engine):
    """Words with times, confidence and language; parameters as in `engine.toml`."""

    def __init__(self, load: Loader = load_recogniser) -> None:
        self._load = load
        self._loaded: tuple[tuple[str, Path, int], Recogniser] | None = None

    def run(self, task: Task) -> Result:
        request = read_request(task.parameters)
        recogniser = self._recogniser(request)
        recogniser.check_language(request.language)
        file = task.input()
        try:
            return _transcribe(task, file, recogniser, request)
        except MediaRejected as rejected:
            raise InputRejected(rejected.code, rejected.message) from rejected

    def _recogniser(self, request: Request) -> Recogniser:
        """The model of the last task, if it is the same one."""
        name, folder = _chosen(request.model)
        key = (name, folder.resolve(), request.threads)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None  # first let the old one go: two may not fit into memory
            self._loaded = (key, self._load(name, folder, request.threads))
        return self._loaded[1]


def _chosen(model: str | None) -> tuple[str, Path]:
    if model is not None:
        return model, model_folder(model)
    for name in MODELS:
        if (folder := find_model(name)) is not None:
            return name, folder
    raise ModelMissing(MODELS[0])


def _transcribe(task: Task, file: Input, recogniser: Recogniser, request: Request) -> Result:
    heard = Heard()
    transcript = Transcript(recogniser.name, own_span(file.meta))
    language = request.language
    word_times = request.word_times or transcript.own is not None
    with open_media(file.path, sniff(file.path)) as container:
        streams = sound_streams(container)
        if not streams:
            return _without_sound(task, transcript)
        declared = declared_seconds(container)
        total = None if declared is None else float(declared * 1000)
        for window in windows(_watched(task, sound_blocks(container, streams[0], heard))):
            start_ms = window.start * 1000 / RATE
            found, phrases = recogniser.recognise(window.samples, request, language, word_times)
            if found is not None:
                transcript.speaks(found)
                language = found.code
            for phrase in phrases:
                task.check_cancelled()
                transcript.add(phrase, start_ms)
                _tell(task, start_ms + phrase.end_ms, total)
            _tell(task, start_ms + window.samples.size * 1000 / RATE, total)
    _check(task, heard)
    return transcript.document(word_times=request.word_times)


def _watched(task: Task, blocks: Iterator[Samples]) -> Iterator[Samples]:
    for block in blocks:
        task.check_cancelled()
        yield block


def _without_sound(task: Task, transcript: Transcript) -> Result:
    """A whole file without sound was a mistake; a chunk without sound has no words."""
    if task.mode != "chunk":
        raise InputRejected("no_audio", "The file has no audio: there is nothing to transcribe.")
    task.warn("no_audio", "A chunk has no audio; it has no words.")
    return transcript.document(word_times=True)


def _check(task: Task, heard: Heard) -> None:
    if heard.errors and not heard.frames:
        raise InputRejected(
            "no_audio_decoded",
            "None of the audio could be decoded: the file is damaged, or its codec is not known.",
        )
    if heard.errors:
        task.warn("decode_errors", f"{heard.errors} packets of the audio could not be decoded.")
    if heard.breaks:
        task.warn("timestamps_broken", "Time stamps leapt or ran backwards; time was counted on.")


def _tell(task: Task, done: float, total: float | None) -> None:
    task.progress(done if total is None else min(done, total), total, "ms")
