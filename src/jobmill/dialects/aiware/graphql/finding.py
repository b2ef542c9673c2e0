"""Rows by the vendor's ids. Both halves of an id must be the row's own, and rights are asked."""

from collections.abc import Sequence

from jobmill.core.accounts import Principal
from jobmill.core.capacity import MadePool
from jobmill.core.capacity.made import visible_pool
from jobmill.core.errors import (
    AssetNotFound,
    FolderNotFound,
    ItemNotFound,
    JobNotFound,
    PoolNotFound,
    TaskNotFound,
)
from jobmill.core.ids import ItemNumber, JobNumber
from jobmill.core.items import HeldAsset, Item, visible_asset
from jobmill.core.items.access import visible_item
from jobmill.core.items.folders import Folder
from jobmill.core.items.service.folders import visible_folder
from jobmill.core.items.service.items import held_asset
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.pages import JobPage
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import page_jobs, visible_job
from jobmill.dialects.aiware.graphql.call import Call
from jobmill.dialects.aiware.mapping.clusters import pool_id
from jobmill.dialects.aiware.mapping.ids import (
    day_of,
    job_day_and_number,
    job_of_task,
    number_from,
)
from jobmill.dialects.aiware.mapping.jobs import SeenTask, shown_tasks

MOST_JOBS = 1000


def job_named(work: UnitOfWork, who: Principal, text: str) -> JobGraph:
    """The job of an id. Raises JobNotFound."""
    missing = JobNotFound(f"There is no job {text!r}.", objectId=text, objectType="Job")
    day, number = job_day_and_number(text) or ("", 0)
    try:
        graph = visible_job(work, who, JobNumber(number))
    except JobNotFound:
        raise missing from None
    if day_of(graph.job.id) != day:
        raise missing
    return graph


def task_named(work: UnitOfWork, who: Principal, text: str) -> SeenTask:
    """The task of an id. Raises TaskNotFound."""
    missing = TaskNotFound(f"There is no task {text!r}.", objectId=text, objectType="Task")
    job = job_of_task(text)
    if job is None:
        raise missing
    try:
        graph = job_named(work, who, job)
    except JobNotFound:
        raise missing from None
    for task in graph.tasks:
        seen = SeenTask(graph, task)
        if seen.id == text:
            return seen
    raise missing


def cluster_named(work: UnitOfWork, who: Principal, text: str) -> MadePool:
    """The cluster of an id that the caller may use. Raises PoolNotFound."""
    try:
        return visible_pool(work.capacity, who, pool_id(text))
    except PoolNotFound:
        raise PoolNotFound(
            f"There is no cluster {text!r}.", objectId=text, objectType="Cluster"
        ) from None


def folder_named(work: UnitOfWork, who: Principal, text: str) -> Folder:
    """The folder of an id. Raises FolderNotFound."""
    try:
        return visible_folder(work.folders, who, text)
    except FolderNotFound:
        raise FolderNotFound(
            f"There is no folder {text!r}.", objectId=text, objectType="Folder"
        ) from None


def asset_named(work: UnitOfWork, who: Principal, text: str) -> HeldAsset:
    """The asset of an id, in its place in a recording. Raises AssetNotFound."""
    try:
        asset = visible_asset(work.assets, who, text)
        return held_asset(work.items, work.assets, who, asset)[1]
    except (AssetNotFound, ItemNotFound):
        raise AssetNotFound(
            f"There is no asset {text!r}.", objectId=text, objectType="Asset"
        ) from None


def jobs_of_item(call: Call, number: ItemNumber) -> Sequence[JobGraph]:
    """The jobs on a recording, newest first."""
    if ("jobs", number) not in call.kept:
        query = JobPage(call.who.organization, item=number, limit=MOST_JOBS)
        call.kept["jobs", number] = page_jobs(call.work, call.who, query)
        call.spend(len(call.kept["jobs", number]))
    found: Sequence[JobGraph] = call.kept["jobs", number]
    return found


def tasks_of_item(call: Call, number: ItemNumber) -> list[SeenTask]:
    """The tasks of all jobs on a recording."""
    return [SeenTask(g, task) for g in jobs_of_item(call, number) for task in shown_tasks(g)]


def item_named(work: UnitOfWork, who: Principal, text: str) -> Item:
    """The recording of an id. Raises ItemNotFound."""
    number = number_from(text)
    try:
        item = visible_item(work.items, who, ItemNumber(number or 0))
    except ItemNotFound:
        item = None
    if item is None or item.cut_of is not None:
        raise ItemNotFound(
            f"There is no TDO {text!r}.", objectId=text, objectType="TemporalDataObject"
        )
    return item
