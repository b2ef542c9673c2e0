"""The catalogue: engines and their categories, as the manifests have them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobmill.core.engines import list_engines
from jobmill.core.errors import EngineNotFound, NotFound
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.paging import called, cut
from jobmill.dialects.aiware.mapping.catalogue import (
    Category,
    catalogue,
    category_of,
    engine_id,
    engine_kind,
    engine_named,
)
from jobmill.dialects.aiware.mapping.engines import fields_of, mode_of
from jobmill.dialects.aiware.mapping.templates import templates_of
from jobmill_engine.manifest import Manifest


def installed(call: Call) -> Sequence[Manifest]:
    """The engines that the caller may see, looked up once a call."""
    if "engines" not in call.kept:
        call.kept["engines"] = list_engines(call.catalog, call.who)
    found: Sequence[Manifest] = call.kept["engines"]
    return found


def manifest_of(call: Call, engine: str) -> Manifest | None:
    """The engine of our id, if it is installed."""
    return next((each for each in installed(call) if each.id == engine), None)


def engine(source: Any, call: Call, id: str) -> Manifest:  # noqa: A002
    """The engine of an id of the vendor's or of ours."""
    named = engine_named(id, {each.id: each for each in installed(call)})
    found = manifest_of(call, named) if named is not None else None
    if found is None:
        raise EngineNotFound(f"There is no engine {id!r}.", objectId=id, objectType="Engine")
    return found


def engines(
    source: Any,
    call: Call,
    id: str | None = None,  # noqa: A002
    ids: Sequence[str] | None = None,
    categoryId: str | None = None,  # noqa: N803
    category: str | None = None,
    state: Sequence[str] | None = None,
    owned: bool | None = None,
    libraryRequired: bool | None = None,  # noqa: N803
    createsTDO: bool | None = None,  # noqa: N803
    name: str | None = None,
    offset: int | None = 0,
    limit: int | None = 30,
    filter: Mapping[str, Any] | None = None,  # noqa: A002
    orderBy: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
) -> dict[str, Any]:
    """Engines by any of these; a category by its name or id, a name by any part of it."""
    found: Iterable[Manifest] = installed(call)
    wanted = [*(ids or ()), *([id] if id else ())]
    if wanted:
        known = {each.id: each for each in installed(call)}
        named = {engine_named(each, known) for each in wanted}
        found = [each for each in found if each.id in named]
    for word in (categoryId, category):
        if word:
            found = [each for each in found if _is(category_of(each), word)]
    if state and not {"active", "ready"} & set(state):
        found = []
    if libraryRequired or createsTDO:
        found = []
    if name:
        found = [each for each in found if name.lower() in each.name.lower()]
    chosen = [each for each in found if _passes(each, filter or {})]
    return cut(call, _sorted(chosen, orderBy or ()), offset, limit)


def _passes(manifest: Manifest, wanted: Mapping[str, Any]) -> bool:
    if wanted.get("type") and engine_kind(manifest.id) not in wanted["type"]:
        return False
    if wanted.get("mode") and mode_of(manifest) not in wanted["mode"]:
        return False
    words = [each for each in wanted.get("category") or () if each]
    if words and not any(_is(category_of(manifest), each) for each in words):
        return False
    model = wanted.get("deploymentModel")
    return model in (None, deployment_of(manifest))


def _sorted(found: list[Manifest], order: Sequence[Mapping[str, Any]]) -> list[Manifest]:
    for each in reversed(order):
        by_id = each["field"] == "id"
        found = sorted(
            found,
            key=lambda manifest: engine_id(manifest.id) if by_id else manifest.name.lower(),
            reverse=each.get("direction") == "desc",
        )
    return found


def _is(category: Category, word: str) -> bool:
    return word.lower() in (category.id, category.name.lower(), category.category_type.lower())


def deployment_of(manifest: Manifest) -> str:
    """How far an engine is kept from the network."""
    return "NonNetworkIsolated" if manifest.resources.network else "FullyNetworkIsolated"


def categories(call: Call) -> list[Category]:
    """The categories of the table, then those that installed engines bring."""
    found = {each.id: each for each in catalogue().categories}
    for manifest in installed(call):
        category = category_of(manifest)
        found.setdefault(category.id, category)
    return list(found.values())


def engine_categories(
    source: Any, call: Call, offset: int | None = 0, limit: int | None = 30, **wanted: str | None
) -> dict[str, Any]:
    """Categories by id, by a part of the name, by type."""
    found = called(categories(call), wanted, lambda each: (each.id, each.name, each.type))
    return cut(call, found, offset, limit)


def engine_category(source: Any, call: Call, id: str) -> Category:  # noqa: A002
    """A category by its id."""
    for each in categories(call):
        if each.id == id:
            return each
    raise NotFound(f"There is no category {id!r}.", objectId=id, objectType="EngineCategory")


def _members(category: Category, call: Call) -> list[Manifest]:
    return [each for each in installed(call) if category_of(each).id == category.id]


def _engines_in(category: Category, call: Call, **given: Any) -> dict[str, Any]:
    return engines(category, call, categoryId=category.id, **given)


def _export_formats(category: Category, call: Call) -> list[dict[str, Any]]:
    if "transcript" not in category.contracts:
        return []
    return [
        {"format": word, "label": label, "types": ["export"]}
        for word, label in (
            ("vtt", "WebVTT"),
            ("srt", "SubRip"),
            ("ttml", "TTML"),
            ("txt", "Text"),
            ("docx", "Word"),
            ("txtAvid", "Avid text"),
            ("vlf", "VLF"),
        )
    ]


CATEGORY: dict[str, Any] = {
    "class": lambda category, call: category.category_type,
    "categoryType": lambda category, call: category.category_type,
    "type": lambda category, call: {"name": category.type, "description": None},
    "editable": lambda category, call: False,
    "engineIds": lambda category, call: [engine_id(each.id) for each in _members(category, call)],
    "totalEngines": lambda category, call: len(_members(category, call)),
    "engines": _engines_in,
    "exportFormats": _export_formats,
}
ENGINE: dict[str, Any] = {
    "id": lambda manifest, call: engine_id(manifest.id),
    "displayName": lambda manifest, call: manifest.name,
    "category": lambda manifest, call: category_of(manifest),
    "categoryId": lambda manifest, call: category_of(manifest).id,
    "state": lambda manifest, call: "active",
    "mode": lambda manifest, call: mode_of(manifest),
    "isPublic": lambda manifest, call: True,
    "ownerOrganizationId": lambda manifest, call: "1",
    "fields": lambda manifest, call: fields_of(manifest),
    "libraryRequired": lambda manifest, call: False,
    "createsTDO": lambda manifest, call: False,
    "preferredInputFormat": lambda manifest, call: manifest.media_in[0],
    "supportedInputFormats": lambda manifest, call: list(manifest.media_in),
    "outputFormats": lambda manifest, call: list(manifest.media_out),
    "runtimeType": lambda manifest, call: "edge",
    "deploymentModel": lambda manifest, call: deployment_of(manifest),
    "manifest": lambda manifest, call: {
        "engineId": engine_id(manifest.id),
        "engineMode": mode_of(manifest).lower(),
        "preferredInputFormat": manifest.media_in[0],
        "supportedInputFormats": list(manifest.media_in),
        "outputFormats": list(manifest.media_out),
        "version": manifest.version,
    },
    "jsondata": lambda manifest, call: {"id": manifest.id, "version": manifest.version},
    "standaloneJobTemplates": lambda manifest, call: templates_of(manifest),
}
RESOLVERS = {
    "Query": {
        "engine": engine,
        "engines": engines,
        "engineCategory": engine_category,
        "engineCategories": engine_categories,
    },
    "Engine": ENGINE,
    "EngineCategory": CATEGORY,
}
