"""Named entities in English text by spaCy. The only module that imports it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jobmill_engine import ModelMissing, PlatformFailed, add_libraries, find_model

EXTRA = "entities"
MODEL = "entities-en"
LANGUAGE = "en"
LEAST = 0.5
"""What fewer readings agree in is no entity."""
_BEAM, _DENSITY = 16, 0.0001
_PIPES = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
_KINDS = {
    "PERSON": "person",
    "NORP": "group",
    "FAC": "building",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "PRODUCT": "product",
    "EVENT": "event",
    "WORK_OF_ART": "work",
    "LAW": "law",
    "LANGUAGE": "language",
    "DATE": "date",
    "TIME": "time",
    "PERCENT": "share",
    "MONEY": "money",
    "QUANTITY": "quantity",
    "ORDINAL": "ordinal",
    "CARDINAL": "number",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """`confidence`: the share of the model's likeliest readings that agree, 0 to 1."""

    text: str
    kind: str
    confidence: float


class EntityFinder:
    """The loaded model. Raises ModelMissing when it or its libraries are not there."""

    def __init__(self) -> None:
        self._pipeline = _pipeline()
        self._vectors = self._pipeline.get_pipe("tok2vec")
        self._finder = self._pipeline.get_pipe("ner")

    def entities(self, sentence: str) -> list[Entity]:
        """Those of one sentence, in order, each as often as it is named."""
        document = self._vectors(self._pipeline.make_doc(sentence))
        shares: dict[tuple[int, int, str], float] = defaultdict(float)
        for beam in self._finder.beam_parse([document], beam_width=_BEAM, beam_density=_DENSITY):
            for share, found in self._finder.moves.get_beam_parses(beam):
                for start, end, label in found:
                    shares[start, end, label] += float(share)
        return [
            Entity(document[start:end].text, _KINDS.get(label, label.lower()), min(1.0, share))
            for (start, end, label), share in sorted(shares.items())
            if share >= LEAST
        ]


def merged(entities: Iterable[Entity]) -> list[tuple[Entity, int]]:
    """Each once, with how often it is named, as sure as the surest mention; most named first."""
    found: dict[tuple[str, str], tuple[Entity, int]] = {}
    for each in entities:
        key = (each.text.casefold(), each.kind)
        best, count = found.get(key, (each, 0))
        surer = each if each.confidence > best.confidence else best
        found[key] = (surer, count + 1)
    return sorted(found.values(), key=lambda each: -each[1])


def _pipeline() -> Any:
    folder = find_model(MODEL)
    if folder is None:
        told = "is not installed (keywords alone need none: set `entities` to false)"
        raise ModelMissing(MODEL, told)
    add_libraries(EXTRA)
    try:
        import spacy
    except ImportError as error:
        raise ModelMissing(MODEL, f"lacks its libraries ({error})") from error
    home = folder / "model" if (folder / "model").is_dir() else folder
    try:
        return spacy.load(home, exclude=list(_PIPES))
    except (OSError, ValueError) as error:
        told = f"The model {MODEL!r} in {folder} cannot be loaded ({error}). Install it again:"
        command = f"jobmill models remove {MODEL}, then jobmill models install {MODEL}"
        raise PlatformFailed("model_unusable", f"{told} {command}") from error
