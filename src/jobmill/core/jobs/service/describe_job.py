"""Change what people say of a job: its name, tags, metadata, priority and times."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobRef
from jobmill.core.jobs.access import steered_job
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.labels import (
    checked_future,
    checked_metadata,
    checked_name,
    checked_tags,
)

DESCRIBED = ("name", "tags", "metadata", "priority", "due", "expires_at", "retain_until")


def describe_job(
    work: UnitOfWork, who: Principal, job: JobRef, changes: Mapping[str, Any], now: datetime
) -> JobGraph:
    """Write the given ones of DESCRIBED, `add_tags` and `remove_tags`; None clears.

    `metadata` is merged into what there is; a key whose value is None goes. Each of `extras` takes
    the place of what that dialect kept before. Raises InvalidInput.
    """
    graph = steered_job(work, who, job)
    new = _changed(graph.job, changes, now)
    for dialect, kept in (changes.get("extras") or {}).items():
        work.jobs.note_extra(graph.job.number, dialect, kept)
    moved = [name for name in DESCRIBED if getattr(new, name) != getattr(graph.job, name)]
    if not moved:
        return replace(graph, job=new)
    work.jobs.describe(graph.job, new)
    event = NewEvent(EventType.JOB_UPDATED, data={"fields": moved, **_tags_moved(graph.job, new)})
    announce(work, new, [event], now)
    tasks = tuple(replace(task, priority=new.priority) for task in graph.tasks)
    return replace(graph, job=new, tasks=tasks)


def _changed(job: Job, changes: Mapping[str, Any], now: datetime) -> Job:
    fields: dict[str, Any] = {"updated_at": now}
    if "name" in changes:
        fields["name"] = checked_name(changes["name"])
    fields["tags"] = _tags(job, changes)
    if "metadata" in changes:
        given = changes["metadata"] or {}
        gone = {key for key, value in given.items() if value is None}
        merged = {**job.metadata, **given}
        fields["metadata"] = checked_metadata({k: v for k, v in merged.items() if k not in gone})
    if changes.get("priority") is not None:
        fields["priority"] = changes["priority"]
    if "due" in changes:
        fields["due"] = changes["due"]
    if changes.get("extras"):
        fields["extras"] = {**job.extras, **changes["extras"]}
    for name in ("expires_at", "retain_until"):
        if name in changes:
            fields[name] = checked_future(changes[name], now, name)
    return replace(job, **fields)


def _tags_moved(old: Job, new: Job) -> dict[str, list[str]]:
    """The tags that came and went, where some did."""
    added = [tag for tag in new.tags if tag not in old.tags]
    removed = [tag for tag in old.tags if tag not in new.tags]
    moved = {"added": added, "removed": removed}
    return {way: tags for way, tags in moved.items() if tags}


def _tags(job: Job, changes: Mapping[str, Any]) -> tuple[str, ...]:
    tags = checked_tags(changes["tags"] or ()) if "tags" in changes else job.tags
    added = checked_tags(changes.get("add_tags") or (), "add_tags")
    gone = set(checked_tags(changes.get("remove_tags") or (), "remove_tags"))
    return checked_tags([tag for tag in (*tags, *added) if tag not in gone])
