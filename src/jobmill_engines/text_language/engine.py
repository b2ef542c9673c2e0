"""Language identification as an engine: the whole text, and each paragraph by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from jobmill_engine import Engine, InputRejected, Result, Task
from jobmill_engines.texts.guess import Guesser, known_languages
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.texts.model import Paragraph, Text
from jobmill_engines.texts.reading import read_text


class TextLanguage(Engine):
    """Languages with their likelihood; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result | None:
        guesser = Guesser(_among(task.parameters))
        text = read_text(task)
        if text is None:
            return None if task.mode == "chunk" else {"text": ""}
        ranked = guesser.ranked(text.plain)[: task.parameters.get("guesses", 3)]
        if not ranked:
            task.warn("language_unknown", "There is too little text to find out its language.")
            return {"text": text.plain}
        document: dict[str, Any] = {"language": ranked[0].language, "text": text.plain}
        document["languages"] = [
            {"language": each.language, "confidence": each.confidence} for each in ranked
        ]
        if task.parameters.get("paragraphs", True):
            document["objects"] = list(_objects(task, text, guesser))
        return document


def _objects(task: Task, text: Text, guesser: Guesser) -> Iterator[dict[str, Any]]:
    count = len(text.paragraphs)
    for number, paragraph in enumerate(text.paragraphs, 1):
        task.check_cancelled()
        yield _object(paragraph, guesser)
        task.progress(number, count, "paragraphs")


def _object(paragraph: Paragraph, guesser: Guesser) -> dict[str, Any]:
    found = {"type": "text", "text": paragraph.text, **paragraph.place()}
    guess = guesser.best(paragraph.text)
    if guess is not None:
        found |= {"language": guess.language, "confidence": guess.confidence}
    return found


def _among(parameters: Mapping[str, Any]) -> list[str]:
    wanted = [plain_code(each) for each in parameters.get("languages") or ()]
    unknown = sorted(set(wanted) - known_languages())
    if unknown:
        told = f"{', '.join(unknown)} cannot be told from other languages; these can:"
        known = ", ".join(sorted(known_languages()))
        raise InputRejected("language_unknown", f"{told} {known}.")
    return wanted
