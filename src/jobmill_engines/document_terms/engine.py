"""Reads a document of zones and hands on the terms that it is about."""

from collections.abc import Mapping
from typing import Any

from jobmill_engine import Engine, Result, Task
from jobmill_engines.document_terms.indexing import Indexed, Mention, index
from jobmill_engines.document_terms.vocabulary import Vocabulary
from jobmill_engines.documents.given import given_document
from jobmill_engines.documents.model import Page
from jobmill_engines.documents.reading import read_zones
from jobmill_engines.documents.taxonomy import present
from jobmill_engines.documents.writing import box_json

SURE = 0.8


class DocumentTerms(Engine):
    """Terms with their places; parameters as in `engine.toml`."""

    def run(self, task: Task) -> Result:
        vocabulary = Vocabulary(present(task.parameters.get("taxonomy")))
        zones = read_zones(given_document(task))
        task.check_cancelled()
        least = float(task.parameters.get("least", 0.2))
        most = int(task.parameters.get("most", 50))
        found = [each for each in index(zones, vocabulary) if each.confidence >= least][:most]
        pages = {page.number: page for page in zones.pages}
        return _document(vocabulary.name, found, pages)


def _document(name: str, found: list[Indexed], pages: Mapping[int, Page]) -> dict[str, Any]:
    """A document without any term is not sure at all: somebody should look."""
    terms = [_term(each, pages) for each in found]
    return {
        "taxonomy": name,
        "terms": terms,
        "confidence": min((term["confidence"] for term in terms), default=0.0),
        "doubts": [
            {
                "path": f"/terms/{number}",
                "confidence": term["confidence"],
                "why": f"{term['label']} is named {term['count']} times, and in no heading.",
            }
            for number, term in enumerate(terms)
            if term["confidence"] < SURE
        ],
    }


def _term(each: Indexed, pages: Mapping[int, Page]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": each.term.key,
        "label": each.term.label,
        "count": each.count,
        "confidence": round(min(1.0, each.confidence), 4),
        "places": [_place(mention, pages) for mention in each.mentions],
    }
    if each.narrower:
        told["implied_by"] = sorted(each.narrower)
    return told


def _place(mention: Mention, pages: Mapping[int, Page]) -> dict[str, Any]:
    told: dict[str, Any] = {"zone": mention.zone, "text": mention.text}
    if mention.cell:
        told["cell"] = list(mention.cell)
    return told | {"page": mention.page, "box": box_json(mention.box, pages[mention.page])}
