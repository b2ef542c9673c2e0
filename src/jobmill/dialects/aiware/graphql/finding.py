"""Rows by the vendor's ids. Both halves of an id must be the row's own, and rights are asked."""

from jobmill.core.accounts import Principal
from jobmill.core.capacity import MadePool
from jobmill.core.capacity.made import visible_pool
from jobmill.core.errors import ItemNotFound, JobNotFound, PoolNotFound, TaskNotFound
from jobmill.core.ids import ItemNumber, JobNumber
from jobmill.core.items import Item
from jobmill.core.items.access import visible_item
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import visible_job
from jobmill.dialects.aiware.mapping.clusters import pool_id
from jobmill.dialects.aiware.mapping.ids import (
    day_of,
    job_day_and_number,
    job_of_task,
    number_from,
)
from jobmill.dialects.aiware.mapping.jobs import SeenTask


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
