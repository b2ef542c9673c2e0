"""Start a bulk action, and take it a step further. Each step is one transaction: its changes and
the place that it has come to are written together, so that no job is acted upon twice."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.capacity import BULK
from jobmill.core.engines import Done
from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.bulk.model import Bulk, BulkAction
from jobmill.core.jobs.model import FeatureProgress, JobGraph
from jobmill.core.jobs.ports import NewJob, UnitOfWork
from jobmill.core.jobs.progress import WHOLE_TASK
from jobmill.core.jobs.service import (
    cancel_job,
    delete_job,
    describe_job,
    finish_attempt,
    mark_job,
    park_job,
    pause_job,
    restart_job,
    resume_job,
    retry_job,
    stop_attempt,
    unpark_job,
)
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.attempts import Finish, Notes
from jobmill.core.jobs.service.describe_job import DESCRIBED
from jobmill.core.jobs.service.filters import JobFilter, filter_from, query_of
from jobmill.core.jobs.service.own_jobs import own_job
from jobmill.core.results import Provenance

STEP = 100
Act = Callable[[UnitOfWork, Principal, JobNumber, datetime], object]
ACTS: Mapping[BulkAction, Act] = {
    BulkAction.CANCEL: cancel_job,
    BulkAction.RETRY: retry_job,
    BulkAction.RESTART: restart_job,
    BulkAction.PAUSE: pause_job,
    BulkAction.RESUME: resume_job,
    BulkAction.PARK: park_job,
    BulkAction.UNPARK: unpark_job,
    BulkAction.DELETE: delete_job,
}
TAKES: Mapping[BulkAction, frozenset[str]] = {
    BulkAction.EDIT: frozenset(DESCRIBED) | {"add_tags", "remove_tags"},
    BulkAction.TAG: frozenset({"tags", "add_tags", "remove_tags"}),
    BulkAction.MARK: frozenset({"correct"}),
}


def count_bulk(work: UnitOfWork, who: Principal, wanted: JobFilter) -> int:
    """How many jobs the filter matches now."""
    who.require(Right.JOBS_READ)
    return work.jobs.count(query_of(work, who, wanted))


def start_bulk(
    work: UnitOfWork,
    who: Principal,
    action: BulkAction,
    wanted: JobFilter,
    changes: Mapping[str, Any],
    now: datetime,
) -> JobGraph:
    """Make the job that does it. Jobs that are made later are not touched."""
    who.require(Right.JOBS_WRITE)
    _check_changes(action, changes)
    matched = work.jobs.count(query_of(work, who, wanted))
    graph = work.jobs.add(_job(who, action, wanted, now))
    work.bulks.add(
        Bulk(
            job=graph.job.number,
            action=action,
            filter=wanted.as_json(),
            user_name=who.user_name,
            rights=frozenset(who.rights),
            admin=who.admin,
            matched=matched,
            changes=changes,
        )
    )
    announce(work, graph.job, [NewEvent(EventType.JOB_CREATED)], now)
    work.queue.hand_over(graph)
    return graph


def _check_changes(action: BulkAction, changes: Mapping[str, Any]) -> None:
    """Raises InvalidInput where an action lacks what it needs, or has what it does not take."""
    if foreign := sorted(changes.keys() - TAKES.get(action, frozenset())):
        said = f"{foreign[0]} is not for the action {action.value}"
        raise InvalidInput(f"changes: {said}.", field="changes")
    if not changes and action in TAKES:
        field = "correct" if action is BulkAction.MARK else "changes"
        raise InvalidInput(f"{field}: give what to change.", field=field)


def step_bulk(work: UnitOfWork, notes: Notes, now: datetime, limit: int = STEP) -> bool:
    """Act on the next jobs; False when it is over: all done, cancelled, or fenced off."""
    bulk, graph = work.bulks.get(notes.job), work.jobs.lock(notes.job)
    if bulk is None or graph is None or not work.jobs.kept_among([notes.token]):
        stop_attempt(work, notes, now)
        return False
    job = graph.job
    who = Principal(job.organization, job.owner, bulk.user_name, bulk.rights, bulk.admin)
    query = query_of(work, who, filter_from(bulk.filter), bulk.place, limit)
    places = work.jobs.places(query, job.number)
    for _, number in places:
        bulk = _acted(work, bulk, who, number, now)
    if places:
        at, last = places[-1]
        bulk = replace(bulk, place=(at, last))
    work.bulks.save(bulk)
    progress = _progress(bulk, graph, now)
    if len(places) == limit:
        work.jobs.note_progress(notes.task, notes.token, progress)
        return True
    provenance = Provenance(BULK, "1", {"action": bulk.action.value}, None)
    last_notes = replace(notes, progress=progress)
    finish_attempt(work, Finish(last_notes, Done(bulk.document()), provenance), now)
    return False


def _acted(work: UnitOfWork, bulk: Bulk, who: Principal, number: JobNumber, now: datetime) -> Bulk:
    """A job whose state does not allow it is passed over."""
    try:
        if bulk.action in (BulkAction.EDIT, BulkAction.TAG):
            describe_job(work, who, number, bulk.changes, now)
        elif bulk.action is BulkAction.MARK:
            mark_job(work, who, number, bulk.changes["correct"], now)
        else:
            ACTS[bulk.action](work, who, number, now)
    except JobmillError:
        return replace(bulk, skipped=bulk.skipped + 1)
    return replace(bulk, changed=bulk.changed + 1)


def _progress(bulk: Bulk, graph: JobGraph, now: datetime) -> dict[str, FeatureProgress]:
    before = graph.tasks[0].progress.get(WHOLE_TASK)
    done = float(bulk.changed + bulk.skipped)
    began = before.started_at if before else now
    return {WHOLE_TASK: FeatureProgress(done, float(max(bulk.matched, 1)), "jobs", began, now)}


def _job(who: Principal, action: BulkAction, wanted: JobFilter, now: datetime) -> NewJob:
    said = {"action": action.value, "filter": wanted.as_json()}
    return own_job(who, BULK, said, now, task=action.value)
