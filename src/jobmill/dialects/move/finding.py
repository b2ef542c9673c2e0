"""Rows by the vendor's ids, and pages of them. Rights are asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobmill.core.errors import ItemNotFound, JobNotFound
from jobmill.core.ids import JobId
from jobmill.core.items import HeldAsset, Item, ItemKind, ItemQuery, TimeSpan
from jobmill.core.items.access import item_of_id
from jobmill.core.items.ports import ItemOrder
from jobmill.core.items.service.items import assets_of, list_items
from jobmill.core.jobs.model import JobGraph, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import visible_job
from jobmill.dialects.move.call import Call
from jobmill.dialects.move.mapping.create_job import BUNDLED, CAPTURE, TRIANGULATION
from jobmill.dialects.move.mapping.ids import JOB, TAKE, VOLUME, uuid_from
from jobmill.dialects.move.mapping.pages import PageAsked, after_page, page_from

_FILMED = (ItemKind.TAKE, ItemKind.RECORDING)


def engines_of(call: Call) -> list[str]:
    """The engines whose jobs are shown here."""
    if "engines" not in call.kept:
        every = call.catalog.manifests().values()
        found = {m.id for m in every if m.category in (CAPTURE, TRIANGULATION)}
        call.kept["engines"] = sorted({BUNDLED, *found})
    engines: list[str] = call.kept["engines"]
    return engines


def capturing(call: Call, graph: JobGraph) -> Task | None:
    """The task of a job that captures motion; None for a job of another kind."""
    engines = engines_of(call)
    return next((task for task in graph.tasks if task.engine in engines), None)


def job_named(work: UnitOfWork, call: Call, text: str) -> JobGraph:
    """The job of an id. Raises JobNotFound, for jobs of other kinds too."""
    found = uuid_from(JOB, text)
    graph = None if found is None else visible_job(work, call.who, JobId(found))
    if graph is None or capturing(call, graph) is None:
        raise JobNotFound(f"There is no job {text!r} of motion capture.")
    return graph


def take_named(work: UnitOfWork, call: Call, text: str) -> Item:
    """The take of an id; a recording that a job was made on natively is one too."""
    return _item(work, call, TAKE, text, _FILMED)


def volume_named(work: UnitOfWork, call: Call, text: str) -> Item:
    """The volume of an id. Raises ItemNotFound."""
    return _item(work, call, VOLUME, text, (ItemKind.VOLUME,))


def _item(work: UnitOfWork, call: Call, kind: str, text: str, kinds: Sequence[ItemKind]) -> Item:
    missing = ItemNotFound(f"There is no {kind} {text!r}.")
    found = uuid_from(kind, text)
    if found is None:
        raise missing
    item = item_of_id(work.items, call.who, found)
    if item.kind not in kinds or item.cut_of is not None:
        raise missing
    return item


def page_of_items(
    call: Call, kind: ItemKind, first: int | None, after: Any, direction: str | None
) -> dict[str, Any]:
    """A page of the caller's items of a kind, by creation, with their assets looked up at once."""
    asked = page_from(first, after, direction)
    query = ItemQuery(
        call.who.organization,
        kind,
        spans=() if asked.since is None else (_span(asked),),
        descending=asked.descending,
        offset=asked.seen,
        limit=asked.size + 1,
    )
    found = list_items(call.work.items, call.who, query)
    keep_assets(call, found[: asked.size])
    return paged(call, asked, found, [each.created_at for each in found])


def _span(asked: PageAsked) -> TimeSpan:
    if asked.descending:
        return TimeSpan(ItemOrder.CREATED, until=asked.since)
    return TimeSpan(ItemOrder.CREATED, since=asked.since)


def paged(call: Call, asked: PageAsked, found: Sequence[Any], moments: list[Any]) -> dict[str, Any]:
    """A page, of which one row more was asked for than it has."""
    call.spend(len(found))
    after = after_page(asked, moments)
    return {"first": asked.size, "after": after, "items": list(found[: asked.size])}


def whole(call: Call, items: Sequence[Any]) -> dict[str, Any]:
    """A list that is one page."""
    call.spend(len(items))
    return {"first": max(1, len(items)), "after": None, "items": list(items)}


def keep_assets(call: Call, items: Iterable[Item]) -> None:
    """Look up the assets of several items at once."""
    missing = [each for each in items if ("assets", each.number) not in call.kept]
    found: Mapping[Any, Sequence[HeldAsset]] = assets_of(call.work.items, call.work.assets, missing)
    for number, assets in found.items():
        call.kept["assets", number] = assets


def assets_in(call: Call, item: Item) -> Sequence[HeldAsset]:
    """The assets of an item, oldest first."""
    keep_assets(call, [item])
    found: Sequence[HeldAsset] = call.kept["assets", item.number]
    return found
