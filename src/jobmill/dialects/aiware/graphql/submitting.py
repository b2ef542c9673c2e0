"""A job that was read becomes the core's request: its recording, its input, where it runs."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Item
from jobmill.core.items.service.folders import file_item
from jobmill.core.items.service.items import assets_of, create_item
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.webhooks.service import EndpointSpec
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named, folder_named, item_named
from jobmill.dialects.aiware.graphql.links import own_asset
from jobmill.dialects.aiware.mapping.catalogue import INGESTION, engine_kind
from jobmill.dialects.aiware.mapping.create_job import EXTRAS, AskedJob, AskedTask
from jobmill.dialects.aiware.mapping.recordings import MEDIA, main_of, new_item_from
from jobmill.dialects.aiware.notes import ENDS, NAME, TASK_ENDS

ORIGIN = "aiware"
MOST_NOTIFIED = 50


def command_from(
    work: UnitOfWork, call: Call, asked: AskedJob, given: Mapping[str, Any]
) -> SubmitJob:
    """The core's request; a TDO that is asked for is made here, in the same transaction."""
    item = _target(work, call, given)
    inputs = _inputs(work, call, asked, item)
    first = next(iter(inputs.values()), None)

    def own(task: str) -> bool:
        return task in inputs and inputs[task] != first

    extras, pool = dict(asked.kept), None
    if given.get("clusterId") is not None:
        extras["clusterId"] = given["clusterId"]
        pool = cluster_named(work, call.who, given["clusterId"]).name
    return SubmitJob(
        input=first or JobInput(json={}),
        tasks=tuple(
            {**task.spec, **({"input": inputs[task.name].given()} if own(task.name) else {})}
            for task in asked.tasks
        ),
        pool=pool,
        more_callbacks=_notified(asked, given),
        routes=asked.routes,
        origin=ORIGIN,
        name=given.get("name"),
        due=asked.due,
        extras={EXTRAS: extras},
        item=item.number,
    )


def _notified(
    asked: AskedJob, given: Mapping[str, Any]
) -> tuple[tuple[EndpointSpec, str | None], ...]:
    """Who is told of what: a job's addresses of its end and of its tasks', a task's of its own."""
    every = [
        (EndpointSpec(uri, (*TASK_ENDS, *ENDS), format=NAME), None)
        for uri in dict.fromkeys(given.get("notificationUris") or ())
    ]
    own = [
        (EndpointSpec(uri, TASK_ENDS, format=NAME), task.name)
        for task in asked.tasks
        for uri in dict.fromkeys(task.kept.get("notificationUris") or ())
    ]
    if len(every) + len(own) > MOST_NOTIFIED:
        raise InvalidInput(
            f"input.notificationUris: at most {MOST_NOTIFIED} in all.",
            field="input.notificationUris",
        )
    return (*every, *own)


def _target(work: UnitOfWork, call: Call, given: Mapping[str, Any]) -> Item:
    if given.get("targetId") is not None:
        return item_named(work, call.who, given["targetId"])
    target = given.get("target") or {}
    new = new_item_from(target, call.now, given.get("name"))
    item = create_item(work.items, call.who, new, call.now)
    if target.get("parentFolderId") is not None:
        folder = folder_named(work, call.who, target["parentFolderId"])
        file_item(work.folders, work.items, call.who, folder, item.number, call.now)
    return item


def _inputs(work: UnitOfWork, call: Call, asked: AskedJob, item: Item) -> dict[str, JobInput]:
    """What each root task reads: the address in its payload, else the target's primary media."""
    main = main_of(assets_of(work.items, work.assets, [item])[item.number], MEDIA)
    found = {}
    for task in asked.roots:
        if (given := named_input(call, task)) is not None:
            found[task.name] = given
        elif main is not None:
            found[task.name] = JobInput(asset=main.asset.handle)
        elif engine_kind(task.manifest.id) == INGESTION:
            raise InvalidInput(
                f"payload.url: {task.name} has nothing to read: give it a url, or a target that "
                "has media.",
                field="payload.url",
            )
    return found


def named_input(call: Call, task: AskedTask) -> JobInput | None:
    """The address or the asset that a payload names. One of our own needs no fetching."""
    asset = task.payload.get("assetId")
    if isinstance(asset, str) and asset:
        return JobInput(asset=asset)
    url = task.payload.get("url")
    if url is None or url == "":
        return None
    if not isinstance(url, str):
        raise InvalidInput(f"payload.url of {task.name}: give an address.", field="payload.url")
    ours = own_asset(call, url)
    return JobInput(url=url) if ours is None else JobInput(asset=ours)
