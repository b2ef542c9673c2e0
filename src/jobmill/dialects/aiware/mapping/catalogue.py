"""The vendor's ids of engines and categories, read from `engines.toml`, both ways."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jobmill.core.pipelines.review_spec import REVIEW
from jobmill.dialects.aiware.mapping.ids import lasting_uuid
from jobmill_engine.manifest import Manifest

FILE = Path(__file__).parents[1] / "engines.toml"
COGNITION, INGESTION, AGGREGATOR = "Cognition", "Ingestion", "Aggregator"


@dataclass(frozen=True, slots=True)
class KnownEngine:
    """What the vendor calls an engine of ours; the first id is shown."""

    engine: str
    ids: tuple[str, ...]
    kind: str
    name: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Category:
    """A category of engines, as the vendor lists them."""

    id: str
    name: str
    type: str
    category_type: str
    description: str
    ours: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tables of the file, by the keys that they are asked for."""

    by_engine: Mapping[str, KnownEngine]
    by_id: Mapping[str, str]
    categories: tuple[Category, ...]


@cache
def catalogue() -> Catalogue:
    """The tables, read once."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    engines = [
        KnownEngine(
            each["engine"],
            tuple(each["ids"]),
            each["kind"],
            each.get("name"),
            each.get("payload", {}),
        )
        for each in tables["engines"]
    ]
    categories = tuple(
        Category(
            each["id"],
            each["name"],
            each["type"],
            each["category_type"],
            each["description"],
            tuple(each["ours"]),
            tuple(each.get("contracts", ())),
        )
        for each in tables["categories"]
    )
    by_id = {vendors: known.engine for known in engines for vendors in known.ids}
    return Catalogue({known.engine: known for known in engines}, by_id, categories)


def engine_id(engine: str) -> str:
    """The vendor's id of an engine: of the table, or made from the engine's own."""
    known = catalogue().by_engine.get(engine)
    return known.ids[0] if known else lasting_uuid("engine", engine)


def engine_named(text: str, installed: Mapping[str, Manifest]) -> str | None:
    """Our id of the engine behind a vendor's id, a made UUID or our own id; None for no engine."""
    found = catalogue().by_id.get(text.lower())
    if found is not None:
        return found
    if text in installed:
        return text
    made = {lasting_uuid("engine", engine): engine for engine in installed}
    return made.get(text.lower())


def engine_kind(engine: str) -> str:
    """Cognition, Ingestion or Aggregator. People are like an aggregator: a review hands on what
    others have found."""
    if engine == REVIEW:
        return AGGREGATOR
    known = catalogue().by_engine.get(engine)
    return known.kind if known else COGNITION


def category_of(manifest: Manifest) -> Category:
    """The vendor's category of an engine, or one made from the word in its manifest."""
    kind = engine_kind(manifest.id)
    if kind != COGNITION:
        return _native(kind)
    word = manifest.category
    for category in catalogue().categories:
        if word in category.ours:
            return category
    name = word.replace("-", " ").replace("_", " ").title()
    return Category(lasting_uuid("category", word), name, COGNITION, word, "", (word,))


def _native(kind: str) -> Category:
    names = {INGESTION: "Ingestion", AGGREGATOR: "Intracategory"}
    return Category(
        lasting_uuid("category", names[kind]), names[kind], kind, kind.lower(), "", (kind,)
    )
