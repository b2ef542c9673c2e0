"""Translation as an engine: reads the text, finds who can translate it, keeps that one loaded."""

from collections.abc import Iterable
from typing import Any

from jobmill_engine import Engine, InputRejected, Result, Task
from jobmill_engines.texts.guess import Guesser
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.texts.model import Sentence, Text, joined
from jobmill_engines.texts.reading import name_of, read_text
from jobmill_engines.translate.choice import Choice, Translator, choose
from jobmill_engines.translate.pieces import BATCH, batches, cut, put_together
from jobmill_engines.translate.request import Request, read_request


class TranslateEngine(Engine):
    """The text's sentences in another language; parameters as in `engine.toml`."""

    def __init__(self) -> None:
        self._loaded: tuple[tuple[Choice, Request], Translator] | None = None

    def run(self, task: Task) -> Result | None:
        request = read_request(task.parameters)
        text = read_text(task)
        if text is None:
            return None if task.mode == "chunk" else {"language": request.told, "text": ""}
        source = request.source or _source(task, text)
        if source == request.target:
            told = f"The text is in {source!r} already: it is given back as it is."
            task.warn("same_language", told)
            return _answer(task, request, source, text.sentences, "none")
        translator = self._translator(choose(request, source), request)
        done = _translated(task, translator, text.sentences)
        return _answer(task, request, source, done, translator.name)

    def _translator(self, choice: Choice, request: Request) -> Translator:
        """That of the last task, if it is the same one."""
        key = (choice, request)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None  # first let the old one go: two may not fit into memory
            self._loaded = (key, choice.load(request))
        return self._loaded[1]


def _source(task: Task, text: Text) -> str:
    """What the input says about its language, else what it seems to be. Raises ModelMissing."""
    if text.language:
        return plain_code(text.language)
    why = "finds out the language of a text, and is not installed (or name it as `source`)"
    guess = Guesser(why=why).best(text.plain)
    if guess is None:
        told = f"There is too little text in {name_of(task.input())} to find out its language:"
        raise InputRejected("language_unknown", f"{told} name it in the parameter `source`.")
    task.log(f"Language: {guess.language} ({guess.confidence:.0%}).")
    return guess.language


def _translated(
    task: Task, translator: Translator, sentences: tuple[Sentence, ...]
) -> list[Sentence]:
    pieces = [cut(sentence.text) for sentence in sentences]
    flat = [piece for each in pieces for piece in each]
    done: list[str] = []
    task.progress(0, len(flat), "sentences")
    for batch in batches(flat, BATCH):
        task.check_cancelled()
        done += translator.translate(batch)
        task.progress(len(done), len(flat), "sentences")
    texts = put_together(pieces, done)
    return [one.saying(text) for one, text in zip(sentences, texts, strict=True)]


def _answer(
    task: Task, request: Request, source: str, sentences: Iterable[Sentence], model: str
) -> dict[str, Any]:
    """The document; the text alone goes to the port `text`."""
    kept = list(sentences)
    text = joined(kept)
    task.output("text", text.encode(), "text/plain; charset=utf-8", dict(task.input().meta))
    return {
        "language": request.told,
        "text": text,
        "objects": [each.found(language=request.told) for each in kept if each.text],
        "summary": {"source": source, "target": request.told, "model": model},
    }
