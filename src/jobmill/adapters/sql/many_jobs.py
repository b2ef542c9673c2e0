"""Ten thousand new jobs in a few statements. Jobs made together differ in little: what they share
is turned into text once and bound once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jobmill.adapters.sql.bulk_insert import all_same, insert_columns, insert_rows
from jobmill.adapters.sql.connection import Connection
from jobmill.adapters.sql.job_inserts import (
    job_columns,
    mark_all,
    place_of,
    routes_of,
    stored,
    task_row,
)
from jobmill.adapters.sql.marks import add_marks
from jobmill.core.ids import JobNumber, TaskNumber, new_ids
from jobmill.core.jobs.marking import PLAIN
from jobmill.core.jobs.ports import NewJob

_Numbered = Sequence[tuple[JobNumber, NewJob]]


def add_jobs(db: Connection, new: Sequence[NewJob]) -> Sequence[JobNumber]:
    """Many jobs, in their order. Numbers are given here: nobody else writes meanwhile."""
    if not new:
        return []
    first = _next(db, "job")
    numbered = [(JobNumber(first + place), each) for place, each in enumerate(new)]
    numbers = [number for number, _ in numbered]
    columns, same = _job_columns(new)
    insert_columns(db, "job", {"number": numbers, **columns}, {"warnings": "[]", **same})
    for task_columns, same in _task_columns(numbered, _next(db, "task")):
        insert_columns(db, "task", task_columns, same)
    routed = [(number, each) for number, each in numbered if each.plan.routes]
    routes = [{"job": n, **asdict(route)} for n, each in routed for route in routes_of(each)]
    insert_rows(db, "route", routes)
    words = [(n, each) for n, each in numbered if _says(each, "tags") or _says(each, "metadata")]
    mark_all(db, [(place_of(each, number), each.fields) for number, each in words])
    add_marks(db, [(n, each.mark) for n, each in numbered if each.mark is not PLAIN])
    return numbers


def _job_columns(new: Sequence[NewJob]) -> tuple[dict[str, Sequence[Any]], Mapping[str, Any]]:
    """What differs, and what is the same in all."""
    columns: dict[str, Sequence[Any]] = {}
    same: dict[str, Any] = {}
    for name, values in job_columns(new).items():
        if all_same(values):
            same[name] = stored(name, values[:1])[0]
        else:
            columns[name] = stored(name, values)
    return columns, same


def _task_columns(
    numbered: _Numbered, first: int
) -> Iterator[tuple[Mapping[str, Sequence[Any]], Mapping[str, Any]]]:
    """The tasks of jobs that share a plan and their turn; numbers rise with those of the jobs."""
    alike: dict[tuple[object, ...], list[tuple[int, JobNumber, NewJob]]] = {}
    for job, new in numbered:
        alike.setdefault(_kind(new), []).append((first, job, new))
        first += len(new.plan.tasks) + len(new.plan.lanes)
    for group in alike.values():
        _, job, new = group[0]
        jobs = [job for _, job, _ in group]
        for place, planned in enumerate((*new.plan.tasks, *new.plan.lanes)):
            stored_task = task_row(new, job, planned)
            own: dict[str, Sequence[Any]] = {
                "number": [TaskNumber(number + place) for number, _, _ in group],
                "id": new_ids(len(group)),
                "job": jobs,
            }
            if planned.input is not None:
                own["asset"] = [each.task_assets.get(planned.name) for _, _, each in group]
            yield own, {name: value for name, value in stored_task.items() if name not in own}


def _kind(new: NewJob) -> tuple[object, ...]:
    """Whatever a task has of its job. Plans live as long as the jobs: an id stands for one."""
    said = new.fields
    hold, due, batch = said.get("hold"), said.get("due"), said.get("batch")
    return (id(new.plan), new.organization, new.created_at, said["priority"], hold, due, batch)


def _says(new: NewJob, name: str) -> bool:
    return bool(new.fields.get(name))


def _next(db: Connection, table: str) -> int:
    return (db.value("SELECT seq FROM sqlite_sequence WHERE name = :name", name=table) or 0) + 1
