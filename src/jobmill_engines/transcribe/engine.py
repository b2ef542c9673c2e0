"""Speech to text as an engine: finds the model, keeps it loaded, answers a task."""

from pathlib import Path

from jobmill_engine import Engine, InputRejected, ModelMissing, Result, Task
from jobmill_engine.models import find_model, model_folder
from jobmill_engines.media.errors import MediaRejected
from jobmill_engines.transcribe.hearing import transcribe
from jobmill_engines.transcribe.recognise import Loader, Recogniser, load_recogniser
from jobmill_engines.transcribe.request import MODELS, Request, read_request


class TranscribeEngine(Engine):
    """Words with times, confidence and language; parameters as in `engine.toml`."""

    def __init__(self, load: Loader = load_recogniser) -> None:
        self._load = load
        self._loaded: tuple[tuple[str, Path, int], Recogniser] | None = None

    def run(self, task: Task) -> Result:
        request = read_request(task.parameters)
        recogniser = self._recogniser(request)
        recogniser.check_language(request.language)
        try:
            return transcribe(task, recogniser, request)
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
