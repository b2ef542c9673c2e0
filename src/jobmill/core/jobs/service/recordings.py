"""Recordings: the items that jobs looked at, and the cuts that alarms made of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.errors import ItemNotFound, JobNotEnded, NotAllowed
from jobmill.core.ids import ItemNumber
from jobmill.core.items import Asset, AssetSource, Item, ItemKind
from jobmill.core.items.access import owns_item, sees_item
from jobmill.core.jobs.access import sees_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.core.results import Result

SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Recording:
    """An item with its source and the cuts made of it."""

    item: Item
    asset: Asset | None
    cuts: Sequence[Item]


def list_recordings(
    work: UnitOfWork, who: Principal, before: int | None, limit: int
) -> Sequence[tuple[Item, Asset | None]]:
    """Recordings of the caller's organization with their sources, newest first."""
    who.require(Right.JOBS_READ)
    items = work.items.list(who.organization, ItemKind.RECORDING, before, limit, seen_by(who))
    return [(item, _source(work, item)) for item in items]


def get_recording(work: UnitOfWork, who: Principal, number: ItemNumber) -> Recording:
    """One recording. Raises ItemNotFound."""
    who.require(Right.JOBS_READ)
    item = _mine(work, who, number)
    return Recording(item, _source(work, item), work.items.cuts_of(item.number))


def recording_jobs(
    work: UnitOfWork, who: Principal, number: ItemNumber
) -> Sequence[tuple[JobGraph, Sequence[Result]]]:
    """The jobs that looked at a recording, or at what it was cut from, and what they found."""
    who.require(Right.JOBS_READ)
    item = _mine(work, who, number)
    found = work.jobs.of_item(item.cut_of or item.number)
    jobs = [graph for graph in found if sees_job(work, who, graph.job)]
    return [(graph, work.results.of_job(graph.job.number)) for graph in jobs]


def recording_asset(work: UnitOfWork, who: Principal, number: ItemNumber) -> Asset:
    """The asset that holds a recording's bytes. Raises ItemNotFound."""
    who.require(Right.ASSETS_READ)
    asset = _source(work, _mine(work, who, number))
    if asset is None:
        raise ItemNotFound("The bytes of this recording have been removed.")
    return asset


def delete_recording(work: UnitOfWork, who: Principal, number: ItemNumber) -> None:
    """Remove a recording with its cuts, and bytes that were fetched for it; its jobs stay.

    Raises ItemNotFound, or JobNotEnded while a job still works on it.
    """
    who.require(Right.JOBS_WRITE)
    item = _mine(work, who, number)
    if not owns_item(who, item):
        raise NotAllowed("Only the recording's owner and admins of the organization may do that.")
    for graph in work.jobs.of_item(number):
        if graph.job.state not in ENDED_JOBS:
            raise JobNotEnded("A job still works on this recording; cancel it or wait for its end.")
    work.jobs.forget_item(number)
    work.items.remove(number)
    asset = _source(work, item)
    # A path's bytes lie with their owner, an upload's belong to its asset, a cut has none.
    if asset is not None and asset.source is AssetSource.URL and item.cut_of is None:
        unused = work.assets.purge(asset.number)
        if unused is not None:
            work.drop_blob(item.organization, unused)


def _mine(work: UnitOfWork, who: Principal, number: ItemNumber) -> Item:
    item = work.items.get(number)
    if item is None or not sees_item(work.items, who, item):
        raise ItemNotFound(f"There is no recording of number {number}.")
    if item.kind not in (ItemKind.RECORDING, ItemKind.TAKE):
        raise ItemNotFound(f"There is no recording of number {number}.")
    return item


def _source(work: UnitOfWork, item: Item) -> Asset | None:
    number = item.assets.get(SOURCE)
    return work.assets.get(number) if number is not None else None
