"""Take an item away, or what is in it: its bytes, its words in the index, what engines found.

What a job still writes after that goes when it ends: see `apply_change`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from jobmill.core.accounts import Principal, Right
from jobmill.core.ids import AssetNumber, ItemNumber
from jobmill.core.items import Asset, AssetSource, AssetState, Item
from jobmill.core.items.access import owned_item
from jobmill.core.items.service.items import assets_of
from jobmill.core.items.service.remove_asset import ALL_VERSIONS
from jobmill.core.jobs import machine
from jobmill.core.jobs.marks import EMPTIED, UNSEARCHED
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.apply import apply_change, empty_job
from jobmill.core.jobs.service.search import words_of
from jobmill.core.jobs.states import ENDED_JOBS


class Cleaning(StrEnum):
    """What of an item's content is to go."""

    STORAGE = "storage"
    SEARCH = "search"
    RESULTS = "results"


def delete_item(work: UnitOfWork, who: Principal, number: ItemNumber, now: datetime) -> None:
    """Remove an item with its assets, and all that jobs on it found and wrote. Jobs that have not
    ended are cancelled; they stay as history. Raises ItemNotFound, NotAllowed."""
    who.require(Right.JOBS_WRITE)
    item = owned_item(work.items, who, number)
    for graph in work.jobs.of_item(number):
        job = graph.job
        if job.state not in ENDED_JOBS and not job.cancel_requested:
            apply_change(work, machine.cancel(graph, now), now)
        work.jobs.note_extra(job.number, EMPTIED, True)
        empty_job(work, job)
    held = [each.asset for each in assets_of(work.items, work.assets, [item])[number]]
    own = _own(item, held)
    work.jobs.forget_item(number)
    work.items.remove(number)
    for asset in own:
        for version in _versions(work, asset):
            _remove(work, version)


def clean_item(
    work: UnitOfWork, who: Principal, number: ItemNumber, what: Collection[Cleaning]
) -> Item:
    """Remove an item's content and keep the item. Raises ItemNotFound, NotAllowed."""
    who.require(Right.JOBS_WRITE)
    item = owned_item(work.items, who, number)
    jobs = [graph.job for graph in work.jobs.of_item(number)]
    if Cleaning.STORAGE in what:
        held = [each.asset for each in assets_of(work.items, work.assets, [item])[number]]
        for asset in _own(item, held):
            for version in _versions(work, asset):
                _purge(work, version)
    for job in jobs:
        if Cleaning.SEARCH in what:
            work.jobs.note_extra(job.number, UNSEARCHED, True)
        for unused in work.jobs.empty(
            job.number,
            results=Cleaning.RESULTS in what,
            parts=Cleaning.STORAGE in what and job.state in ENDED_JOBS,
            words=Cleaning.SEARCH in what,
        ):
            work.drop_blob(job.organization, unused)
    if Cleaning.RESULTS in what:
        # What was found is not to be found by its words either.
        words = words_of(work, [job.number for job in jobs])
        work.search.put(words, work.search.place())
    return item


def _own(item: Item, held: Sequence[Asset]) -> list[Asset]:
    """The assets whose bytes are the item's own: files under a media root lie with their owner,
    and what an item that was made for a job began with may be an upload of somebody's."""
    borrowed: set[AssetNumber] = set() if item.lasting else set(item.assets.values())
    return [
        asset
        for asset in held
        if asset.source is not AssetSource.PATH
        and not (asset.source is AssetSource.UPLOAD and asset.number in borrowed)
    ]


def _versions(work: UnitOfWork, asset: Asset) -> Sequence[Asset]:
    return work.assets.versions(asset.organization, asset.handle, None, ALL_VERSIONS)


def _purge(work: UnitOfWork, asset: Asset) -> None:
    unused = None if asset.state is AssetState.PURGED else work.assets.purge(asset.number)
    if unused is not None:
        work.drop_blob(asset.organization, unused)


def _remove(work: UnitOfWork, asset: Asset) -> None:
    """The row too, unless a job names it: that one keeps a handle without bytes."""
    _purge(work, asset)
    work.assets.remove(asset.number)
