"""The shapes of answers: from a document of an engine to plain fields, and how sure it is. Pure.

A confidence of None means that nobody knows: people are asked where a threshold lies between.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jobmill_engine.facts import Found, read_facts
from jobmill_engines.texts.documents import text_of_facts
from jobmill_engines.texts.model import joined

Answer = tuple[dict[str, Any], float | None]


def blank(schema: Mapping[str, Any]) -> Answer:
    """What people begin with when no engine works on it: the defaults of the schema."""
    properties = schema.get("properties", {})
    given = {name: each["default"] for name, each in properties.items() if "default" in each}
    return given, 0.0


def fields(document: Mapping[str, Any]) -> Answer:
    """Data points as `fields` by their keys; what is `missing`. As sure as the least sure one."""
    points = document.get("points", [])
    missing = [each["key"] for each in document.get("missing", [])]
    found = {each["key"]: each["value"] for each in points}
    return {"fields": found, "missing": missing}, _share(document.get("confidence"))


def text(document: Mapping[str, Any]) -> Answer:
    """The text of a picture or page, and its lines with their boxes."""
    facts = read_facts(document)
    found = [each for each in facts.objects if each.type == "text" and each.text]
    lines = [{"text": each.text, **_box(each)} for each in found]
    whole = facts.text if facts.text is not None else "\n".join(str(each.text) for each in found)
    sure = _mean((each.confidence, len(each.text or "")) for each in found)
    return {"text": whole, "lines": lines}, sure


def transcript(document: Mapping[str, Any]) -> Answer:
    """What was said: the whole, and its sentences with their times in milliseconds."""
    facts = read_facts(document)
    said = text_of_facts(facts)
    segments = [
        {"start_ms": each.start_ms, "end_ms": each.end_ms, "text": each.text}
        for each in said.sentences
        if each.start_ms is not None
    ]
    answer: dict[str, Any] = {"text": facts.text or joined(said.sentences), "segments": segments}
    if facts.language:
        answer["language"] = facts.language
    return answer, _mean((word.confidence, len(word.text)) for word in facts.words)


def translation(document: Mapping[str, Any]) -> Answer:
    """The text in the other language. No translator says how sure it is."""
    facts = read_facts(document)
    answer: dict[str, Any] = {"text": facts.text or joined(text_of_facts(facts).sentences)}
    if facts.language:
        answer["language"] = facts.language
    return answer, _share(document.get("confidence"))


def objects(document: Mapping[str, Any]) -> Answer:
    """What was seen: each with a box in shares of the picture. As sure as the least sure one; a
    picture in which nothing was found is for people to look at."""
    found = [each for each in read_facts(document).objects if each.box]
    shown = [{**_named(each), **_box(each), **_sure(each)} for each in found]
    known = [each.confidence for each in found if each.confidence is not None]
    return {"objects": shown}, min(known, default=None)


def _named(found: Found) -> dict[str, Any]:
    return {"type": found.type, **({"label": found.label} if found.label else {})}


def _sure(found: Found) -> dict[str, Any]:
    return {} if found.confidence is None else {"confidence": found.confidence}


def _box(found: Found) -> dict[str, Any]:
    """The upright box around its corners."""
    if not found.box:
        return {}
    xs, ys = [point.x for point in found.box], [point.y for point in found.box]
    left, top = min(xs), min(ys)
    width, height = round(max(xs) - left, 5), round(max(ys) - top, 5)
    return {"box": {"x": left, "y": top, "width": width, "height": height}}


def _mean(said: Iterable[tuple[float | None, int]]) -> float | None:
    """Weighed by length; None where nothing says how sure it is."""
    known = [(sure, max(1, length)) for sure, length in said if sure is not None]
    total = sum(length for _, length in known)
    return sum(sure * length for sure, length in known) / total if known else None


def _share(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= 1 else None


SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
    "fields": fields,
    "text": text,
    "transcript": transcript,
    "translation": translation,
    "objects": objects,
}
