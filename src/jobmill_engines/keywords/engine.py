"""Keywords and named entities as an engine: the two together make one list of objects."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from jobmill_engine import Engine, Result, Task
from jobmill_engines.keywords.common_words import common_words, language_by_words
from jobmill_engines.keywords.entities import LANGUAGE, Entity, EntityFinder, merged
from jobmill_engines.keywords.statistics import keywords_of, words_of
from jobmill_engines.texts.languages import plain_code
from jobmill_engines.texts.model import Text
from jobmill_engines.texts.reading import read_text

DETECT = "detect"
_LOOKED_AT = 20_000


class KeywordsEngine(Engine):
    """Objects of the types keyword and namedEntity; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result | None:
        finder = self._finder if task.parameters.get("entities", True) else None
        text = read_text(task)
        if text is None:
            return None if task.mode == "chunk" else {"objects": []}
        language = _language(task, text)
        objects = list(_keywords(task, text, language))
        if finder is not None:
            objects += _entities(task, text, language, finder)
        least = float(task.parameters.get("min_confidence", 0.0))
        document: dict[str, Any] = {"language": language} if language else {}
        return document | {"objects": [each for each in objects if each["confidence"] >= least]}

    @cached_property
    def _finder(self) -> EntityFinder:
        return EntityFinder()


def _language(task: Task, text: Text) -> str | None:
    """As asked for, as the input says, or as its common words show; None: no known one."""
    asked = str(task.parameters.get("language") or DETECT).lower()
    told = text.language if asked == DETECT else asked
    if told:
        return plain_code(told)
    return language_by_words(words_of(text.plain[:_LOOKED_AT]))


def _keywords(task: Task, text: Text, language: str | None) -> Iterator[dict[str, Any]]:
    most = int(task.parameters.get("keywords", 20))
    common = common_words().get(language or "")
    if not most:
        return
    if common is None:
        known = ", ".join(common_words())
        told = f"No keywords: the text is in {language!r}" if language else "No keywords: in what"
        told += "" if language else " language the text is could not be found out"
        task.warn("language_unsupported", f"{told}; known are {known}. Name the true `language`.")
        return
    for found in keywords_of([each.text for each in text.sentences], common, most):
        confidence = round(min(1.0, found.relevance), 4)
        told_object = {"type": "keyword", "label": found.text, "confidence": confidence}
        yield {**told_object, "count": found.count}


def _entities(
    task: Task, text: Text, language: str | None, finder: EntityFinder
) -> list[dict[str, Any]]:
    if language != LANGUAGE:
        told = "No named entities: they are found in English only. Translate the text first"
        task.warn("language_unsupported", f"{told} (`translate`), or name its true `language`.")
        return []
    return [
        {
            "type": "namedEntity",
            "label": entity.text,
            "confidence": round(entity.confidence, 4),
            "kind": entity.kind,
            "count": count,
        }
        for entity, count in merged(_mentions(task, text, finder))
    ]


def _mentions(task: Task, text: Text, finder: EntityFinder) -> Iterator[Entity]:
    count = len(text.sentences)
    for number, sentence in enumerate(text.sentences, 1):
        task.check_cancelled()
        yield from finder.entities(sentence.text)
        task.progress(number, count, "sentences")
