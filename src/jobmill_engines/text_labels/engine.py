"""Reads a text and says which of the given labels fits it best."""

from typing import Any

from jobmill_engine import Engine, InputRejected, ModelMissing, Result, Task
from jobmill_engines.text_labels.choosing import MEANING_HEAT, WORD_HEAT, answer
from jobmill_engines.text_labels.embeddings import MODEL, Embedder, Vectors, can_embed
from jobmill_engines.text_labels.request import Label, read_labels
from jobmill_engines.text_labels.words import likenesses
from jobmill_engines.texts.reading import name_of, read_text
from jobmill_engines.texts.threads import fair_threads

EMBEDDINGS, WORDS, AUTO = "embeddings", "words", "auto"
KEPT = 16


class TextLabels(Engine):
    """One label; parameters as in `engine.toml`."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None
        self._meant: dict[tuple[Label, ...], Vectors] = {}

    def run(self, task: Task) -> Result | None:
        labels = read_labels(task.parameters.get("labels") or ())
        method = _method(str(task.parameters.get("method") or AUTO), labels)
        text = read_text(task)
        if text is None:
            if task.mode == "chunk":
                return None
            told = f"There is no text in {name_of(task.input())} to put a label on."
            raise InputRejected("empty_text", told)
        names = [label.name for label in labels]
        if method == WORDS:
            alike = likenesses(text.plain, [(label.name, *label.texts) for label in labels])
            found = answer(names, alike, WORD_HEAT)
        else:
            found = answer(names, self._likenesses(task, text.plain, labels), MEANING_HEAT)
        return {**found, "summary": {"method": method}}

    def _likenesses(self, task: Task, text: str, labels: tuple[Label, ...]) -> list[float]:
        if self._embedder is None:
            self._embedder = Embedder(int(task.parameters.get("threads") or fair_threads()))
        if labels not in self._meant:
            if len(self._meant) >= KEPT:
                self._meant.clear()
            self._meant[labels] = _meanings(self._embedder, labels)
        (vector,) = self._embedder.meanings([text])
        return [float(each) for each in self._meant[labels] @ vector]


def _meanings(embedder: Embedder, labels: tuple[Label, ...]) -> Vectors:
    """The middle of what each label's texts mean."""
    texts = [text for label in labels for text in label.meant]
    vectors, at = embedder.meanings(texts), 0
    middles: Any = []
    for label in labels:
        own = vectors[at : at + len(label.meant)]
        at += len(label.meant)
        middle = own.mean(axis=0)
        middles.append(middle / max(float((middle @ middle) ** 0.5), 1e-9))
    import numpy as np

    stacked: Vectors = np.stack(middles)
    return stacked


def _method(asked: str, labels: tuple[Label, ...]) -> str:
    """What is asked for; by itself embeddings, or words where all labels have texts of their own.

    Raises ModelMissing: a bare name has no words that a text would have, too.
    """
    if asked != AUTO:
        return asked
    if can_embed():
        return EMBEDDINGS
    if all(label.texts for label in labels):
        return WORDS
    why = "is not installed (or give each label a description or examples, to go by their words)"
    raise ModelMissing(MODEL, why)
