"""All information on jobs, as exports write it: one JSON object a job. The native shape stands
here; a dialect brings its vendor's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jobmill.core.accounts import Principal, User
from jobmill.core.events import Event
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.access import owns_job
from jobmill.core.jobs.marking import JobMark, shown_mark
from jobmill.core.jobs.model import Failure, Job, JobGraph
from jobmill.core.jobs.outputs import JobOutput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.output import output_in, program_of
from jobmill.core.results import Result

NATIVE_NAME = "native"
MOST_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with all that is known of it. `output` is None where its pipeline is no program, or
    while there is none; `results` and `history` are empty unless they are asked for. `owned`:
    whether it is the caller's to remove and share."""

    graph: JobGraph
    mark: JobMark
    owner: User | None
    output: JobOutput | None
    results: Sequence[Result] = ()
    history: Sequence[Event] = ()
    owned: bool = True


@dataclass(frozen=True, slots=True)
class JobShape:
    """One way to write a job. `write` may read more, and must change nothing."""

    name: str
    write: Callable[[UnitOfWork, JobRecord], Mapping[str, Any]]


JobShapes = Mapping[str, JobShape]


def records_of(
    work: UnitOfWork,
    who: Principal,
    jobs: Sequence[JobNumber],
    *,
    results: bool,
    history: bool,
) -> Iterable[JobRecord]:
    """The records of jobs that are still there, as a caller sees them."""
    marks = work.marks.of(jobs)
    for number in jobs:
        graph = work.jobs.graph(number)
        if graph is None or graph.job.deleted:
            continue
        program = program_of(work, graph.job)
        yield JobRecord(
            graph,
            shown_mark(marks.get(number, JobMark()), who),
            work.accounts.user(graph.job.owner),
            None if program is None else output_in(work, graph, program),
            work.results.of_job(number) if results else (),
            work.events.of_job(number, 0, MOST_EVENTS) if history else (),
            owns_job(who, graph.job),
        )


def native_shape(work: UnitOfWork, record: JobRecord) -> dict[str, Any]:
    """As the native API shows it, in one object: `job`, `input`, `output`, and what was asked for
    beside it."""
    job, output = record.graph.job, record.output
    found: dict[str, Any] = {
        "job": _job(job, record.mark, record.owner),
        "input": dict(job.input),
        "output": None if output is None else output.document,
        "output_by": None if output is None else output.by,
        "confidence": None if output is None else output.confidence,
        "edited_at": None if output is None else _time(output.edited_at),
    }
    if record.results:
        found["results"] = [_result(each) for each in record.results]
    if record.history:
        found["history"] = [_event(each) for each in record.history]
    return found


NATIVE = JobShape(NATIVE_NAME, native_shape)


def _job(job: Job, mark: JobMark, owner: User | None) -> dict[str, Any]:
    return {
        "id": job.id,
        "number": job.number,
        "state": job.state.value,
        "type": job.type,
        "pipeline": job.pipeline,
        "name": job.name,
        "tags": list(job.tags),
        "metadata": dict(job.metadata),
        "batch": job.batch,
        "kind": mark.kind.value,
        "correct": mark.correct,
        "owner": None if owner is None else owner.name,
        "origin": job.origin,
        "priority": job.priority,
        "params": dict(job.params),
        "features": list(job.features),
        "generation": job.generation,
        "reason": _failure(job.reason),
        "warnings": [
            {"code": each.code, "message": each.message, "task": each.task} for each in job.warnings
        ],
        "due": _time(job.due),
        "expires_at": _time(job.expires_at),
        "created_at": _time(job.created_at),
        "started_at": _time(job.started_at),
        "ended_at": _time(job.ended_at),
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "task": result.task,
        "feature": result.feature,
        "engine": result.provenance.engine,
        "version": result.provenance.version,
        "document": result.document,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "type": event.type.value,
        "at": _time(event.at),
        "task": event.task,
        "data": dict(event.data),
    }


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {"code": failure.code, "message": failure.message, "task": failure.task}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
