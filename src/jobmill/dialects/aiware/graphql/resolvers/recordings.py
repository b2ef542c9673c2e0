"""Recordings (temporal data objects): one, a page of them, and what is asked of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobmill.core.errors import ItemNotFound
from jobmill.core.ids import ItemNumber
from jobmill.core.items import HLS, HeldAsset, Item, ItemKind, ItemQuery
from jobmill.core.items.folders import Folder
from jobmill.core.items.service.items import (
    assets_of,
    list_items,
)
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import item_named, tasks_of_item
from jobmill.dialects.aiware.graphql.links import signed
from jobmill.dialects.aiware.graphql.paging import checked, cut, page_of
from jobmill.dialects.aiware.graphql.resolvers.accounts import user_id_of
from jobmill.dialects.aiware.graphql.resolvers.engines import manifest_of
from jobmill.dialects.aiware.graphql.resolvers.folders import keep_folders
from jobmill.dialects.aiware.graphql.resolvers.jobs import jobs
from jobmill.dialects.aiware.mapping.ids import number_from
from jobmill.dialects.aiware.mapping.jobs import SeenTask
from jobmill.dialects.aiware.mapping.recordings import (
    ORDERS,
    USUAL_STATUS,
    asset_type,
    ends_at,
    kept_of,
    main_of,
    modified_at,
    span_from,
    starts_at,
)
from jobmill.dialects.aiware.mapping.states import TASK_STATUS


def temporal_data_object(source: Any, call: Call, id: str) -> Item:  # noqa: A002
    """The recording of an id."""
    call.spend(1)
    return item_named(call.work, call.who, id)


def temporal_data_objects(
    source: Any,
    call: Call,
    id: str | None = None,  # noqa: A002
    ids: Sequence[str | None] | None = None,
    offset: int | None = 0,
    limit: int | None = 30,
    orderBy: str | None = "createdDateTime",  # noqa: N803
    orderDirection: str | None = "desc",  # noqa: N803
    dateTimeFilter: Sequence[Mapping[str, Any]] | None = None,  # noqa: N803
    sourceId: str | None = None,  # noqa: N803
    scheduledJobId: str | None = None,  # noqa: N803
    mentionId: str | None = None,  # noqa: N803
    **_: Any,
) -> dict[str, Any]:
    """Recordings by any of these, sorted by any of their times."""
    start, size = checked(offset, limit)
    if sourceId or scheduledJobId or mentionId:
        return page_of(call, [], start, size)
    numbers = None
    if id is not None or ids is not None:
        wanted = [*(ids or ()), *([id] if id is not None else ())]
        numbers = tuple(number for each in wanted if each and (number := number_from(each)))
    query = ItemQuery(
        call.who.organization,
        ItemKind.RECORDING,
        numbers=numbers,
        spans=tuple(span_from(each) for each in dateTimeFilter or ()),
        order=ORDERS[orderBy or "createdDateTime"],
        descending=orderDirection != "asc",
        offset=start,
        limit=size,
    )
    found = list_items(call.work.items, call.who, query) if size and numbers != () else []
    _keep_assets(call, found)
    keep_folders(call, found)
    return page_of(call, found, start, size)


def _child_tdos(
    folder: Folder, call: Call, offset: int | None = 0, limit: int | None = 30
) -> dict[str, Any]:
    start, size = checked(offset, limit)
    query = ItemQuery(
        call.who.organization,
        ItemKind.RECORDING,
        folder=folder.number,
        descending=False,
        offset=start,
        limit=size,
    )
    found = list_items(call.work.items, call.who, query) if size else []
    _keep_assets(call, found)
    keep_folders(call, found)
    return page_of(call, found, start, size)


def _keep_assets(call: Call, items: Sequence[Item]) -> None:
    """Look up the assets of all recordings of a page at once."""
    for number, assets in assets_of(call.work.items, call.work.assets, items).items():
        call.kept["assets", number] = assets


def assets_in(call: Call, item: Item) -> Sequence[HeldAsset]:
    """The assets of a recording, oldest first."""
    if ("assets", item.number) not in call.kept:
        _keep_assets(call, [item])
    found: Sequence[HeldAsset] = call.kept["assets", item.number]
    return found


def _assets(
    item: Item,
    call: Call,
    id: str | None = None,  # noqa: A002
    type: Sequence[str] | None = None,  # noqa: A002
    assetType: Sequence[str] | None = None,  # noqa: N803
    sourceTaskId: str | None = None,  # noqa: N803
    offset: int | None = 0,
    limit: int | None = 30,
    orderBy: str | None = "createdDateTime",  # noqa: N803
    orderDirection: str | None = "desc",  # noqa: N803
    **_: Any,
) -> dict[str, Any]:
    found = list(assets_in(call, item))
    wanted = [*(type or ()), *(assetType or ())]
    if wanted:
        found = [each for each in found if asset_type(each) in wanted]
    if id is not None:
        found = [each for each in found if each.asset.handle == id]
    if sourceTaskId is not None:
        own = {seen.task.number for seen in tasks_of_item(call, item.number)
               if seen.id == sourceTaskId}  # fmt: skip
        found = [each for each in found if each.task in own]
    by_type = orderBy == "type"
    found.sort(key=lambda each: asset_type(each) if by_type else each.created_at.isoformat())
    return cut(call, found[::-1] if orderDirection != "asc" else found, offset, limit)


def _primary(item: Item, call: Call, assetType: str) -> HeldAsset | None:  # noqa: N803
    return main_of(assets_in(call, item), assetType)


def _tasks(
    item: Item,
    call: Call,
    id: str | None = None,  # noqa: A002
    offset: int | None = 0,
    limit: int | None = 30,
    **_: Any,
) -> dict[str, Any]:
    found = [each for each in tasks_of_item(call, item.number) if id is None or each.id == id]
    return cut(call, found, offset, limit)


def _jobs(item: Item, call: Call, **given: Any) -> dict[str, Any]:
    return jobs(item, call, **{**given, "targetId": str(item.number)})


def _engine_runs(item: Item, call: Call, offset: int = 0, limit: int = 100) -> dict[str, Any]:
    """The latest task of each engine that worked on the recording."""
    latest: dict[str, SeenTask] = {}
    for seen in tasks_of_item(call, item.number):
        latest.setdefault(seen.task.engine, seen)
    runs = [
        {
            "engine": manifest_of(call, engine),
            "status": TASK_STATUS[seen.task.state],
            "task": seen,
            "hasUserEdits": False,
        }
        for engine, seen in latest.items()
    ]
    return cut(call, runs, offset, limit, 100)


def _streams(item: Item, call: Call) -> list[dict[str, str]]:
    return [
        {"uri": signed(call, each.asset), "protocol": "hls"}
        for each in assets_in(call, item)
        if each.asset.media_type == HLS
    ]


def item_of(call: Call, number: ItemNumber | None) -> Item | None:
    """The recording of a number, if the caller sees it."""
    if number is None:
        return None
    try:
        return item_named(call.work, call.who, str(number))
    except ItemNotFound:
        return None


def _kept(name: str, usual: Any = None) -> Any:
    return lambda item, call: kept_of(item).get(name, usual)


TDO: dict[str, Any] = {
    "id": lambda item, call: str(item.number),
    "treeObjectId": lambda item, call: str(item.number),
    "name": lambda item, call: item.name,
    "createdDateTime": lambda item, call: item.created_at,
    "modifiedDateTime": lambda item, call: modified_at(item),
    "createdBy": lambda item, call: user_id_of(call, item.owner),
    "modifiedBy": lambda item, call: user_id_of(call, item.owner),
    "description": _kept("description"),
    "thumbnailUrl": _kept("thumbnailUrl"),
    "sourceImageUrl": _kept("sourceImageUrl"),
    "jsondata": lambda item, call: {},
    "details": _kept("details", {}),
    "metadata": lambda item, call: [],
    "assets": _assets,
    "assetCount": lambda item, call: len(assets_in(call, item)),
    "primaryAsset": _primary,
    "security": lambda item, call: {"global": bool(kept_of(item).get("isPublic"))},
    "startDateTime": lambda item, call: starts_at(item),
    "stopDateTime": lambda item, call: ends_at(item),
    "source": _kept("source"),
    "applicationId": _kept("applicationId"),
    "organizationId": lambda item, call: str(item.organization),
    "status": _kept("status", USUAL_STATUS),
    "isPublic": _kept("isPublic", False),
    "tasks": _tasks,
    "jobs": _jobs,
    "sourceData": _kept("sourceData"),
    "streams": _streams,
    "engineRuns": _engine_runs,
}
RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {
        "temporalDataObject": temporal_data_object,
        "temporalDataObjects": temporal_data_objects,
    },
    "TemporalDataObject": TDO,
    "Folder": {"childTDOs": _child_tdos},
    "Job": {"target": lambda graph, call: item_of(call, graph.job.item)},
    "Task": {"target": lambda seen, call: item_of(call, seen.graph.job.item)},
    "EngineResult": {"tdo": lambda seen, call: item_of(call, seen.graph.job.item)},
}
