"""A job that was read becomes the core's request: its recording, its input, where it runs."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.errors import InvalidInput
from jobmill.core.items import Item
from jobmill.core.items.service.items import create_item
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.graphql.finding import cluster_named, item_named
from jobmill.dialects.aiware.mapping.create_job import EXTRAS, AskedJob, AskedTask
from jobmill.dialects.aiware.mapping.recordings import new_item_from

ORIGIN = "aiware"


def command_from(
    work: UnitOfWork, call: Call, asked: AskedJob, given: Mapping[str, Any]
) -> SubmitJob:
    """The core's request; a TDO that is asked for is made here, in the same transaction."""
    item = _target(work, call, given)
    extras, place = dict(asked.kept), {}
    if given.get("clusterId") is not None:
        extras["clusterId"] = given["clusterId"]
        place["pool"] = cluster_named(work, call.who, given["clusterId"]).name
    return SubmitJob(
        input=_input(asked),
        tasks=tuple({**task.spec, **place} for task in asked.tasks),
        routes=asked.routes,
        origin=ORIGIN,
        name=given.get("name"),
        due=asked.due,
        extras={EXTRAS: extras},
        item=None if item is None else item.number,
    )


def _target(work: UnitOfWork, call: Call, given: Mapping[str, Any]) -> Item | None:
    if given.get("targetId") is not None:
        return item_named(work, call.who, given["targetId"])
    new = new_item_from(given.get("target") or {}, call.now, given.get("name"))
    return create_item(work.items, call.who, new, call.now)


def _input(asked: AskedJob) -> JobInput:
    """What the job works on: the address that a root task names, or nothing but its payloads."""
    for task in asked.roots:
        if url := _url(task):
            return JobInput(url=url)
    return JobInput(json={})


def _url(task: AskedTask) -> str | None:
    url = task.payload.get("url")
    if url is None or url == "":
        return None
    if not isinstance(url, str):
        raise InvalidInput(f"payload.url of {task.name}: give an address.", field="payload.url")
    return url
