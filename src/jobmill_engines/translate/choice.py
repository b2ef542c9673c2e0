"""Who translates from one language into another here. Names the command where nobody can."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jobmill_engine import ModelMissing, model_folder
from jobmill_engine.models import models_folder
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.translate import apertium
from jobmill_engines.translate.neural import NeuralTranslator
from jobmill_engines.translate.request import Request


class Translator(Protocol):
    """Translates single sentences; `name` is for the result's summary."""

    name: str

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """As many as were given, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A model's folder, or a direction of Apertium's."""

    source: str
    target: str
    folder: Path | None = None
    direction: str = ""

    def load(self, request: Request) -> Translator:
        """Ready for work. Raises ModelMissing."""
        if self.folder is None:
            return apertium.ApertiumTranslator(self.direction)
        languages = (self.source, self.target)
        return NeuralTranslator(self.folder, languages, request.threads, request.beam_size)


def choose(request: Request, source: str) -> Choice:
    """A model if there is one, else Apertium, as the request allows. Raises ModelMissing."""
    target = request.target
    if request.model is not None:
        return Choice(source, target, model_folder(request.model, install=_own(source, target)))
    if request.backend != "apertium" and (folder := _model_for(source, target)):
        return Choice(source, target, folder)
    if request.backend != "ctranslate2" and (direction := apertium.direction_for(source, target)):
        return Choice(source, target, direction=direction)
    raise _nobody(request, source)


def _model_for(source: str, target: str) -> Path | None:
    """The first folder, by name, whose metadata says that it translates these."""
    for folder, pair in _pairs():
        if pair == (source, target):
            return folder
    return None


def _pairs() -> Iterator[tuple[Path, tuple[str, str]]]:
    home = models_folder()
    if home is None or not home.is_dir():
        return
    for file in sorted(home.glob("[!.]*/metadata.json")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            pair = plain_code(str(told["from_code"])), plain_code(str(told["to_code"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # some other model's metadata
        yield file.parent, pair


def _nobody(request: Request, source: str) -> ModelMissing:
    target = request.target
    package = apertium.package_for(source, target)
    own, why = _own(source, target), "is not installed"
    if request.source is None:
        why += f" (the text seems to be in {source!r}; if it is not, name its language as `source`)"
    by_apt = f"apt-get install apertium {package}"
    if package and request.backend != "ctranslate2":
        also = "" if request.backend == "apertium" else f"; or, for better results, {own}"
        return ModelMissing(f"{source}-{target}", why, install=by_apt + also)
    if request.backend == "apertium":
        why = "is not among the pairs of Apertium that are known here"
        told = f"apt-cache search apertium- shows what there is; or {own}"
        return ModelMissing(f"{source}-{target}", why, install=told)
    return ModelMissing(f"{source}-{target}", why, install=own)


def _own(source: str, target: str) -> str:
    home = models_folder() or "the folder that JOBMILL_MODELS names"
    return (
        f"unzip translate-{source}_{target}-*.argosmodel -d {home} (a package of Argos Translate"
        " for these languages, or any folder of CTranslate2's: see the guide on texts)"
    )
