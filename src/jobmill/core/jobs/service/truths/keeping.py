"""Keep ground truth: add it by hand or from a job's answer, list, read, edit, delete.

Seen by its owner and by admins of the organization: whoever answers jobs must not find it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right, owns, seen_by
from jobmill.core.errors import (
    Conflict,
    InvalidInput,
    JobNotEnded,
    PipelineNotFound,
    TruthNotFound,
)
from jobmill.core.ids import JobRef
from jobmill.core.jobs.access import visible_job
from jobmill.core.jobs.model import JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_answers import answers_in, closed_reviews
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.labels import checked_metadata, checked_tags
from jobmill.core.jobs.service.output import output_in, program_of
from jobmill.core.jobs.service.programs import Found, bound, input_of
from jobmill.core.jobs.states import ENDED_JOBS, JobState
from jobmill.core.pipelines import Pipeline, find_pipeline
from jobmill.core.reviews.differences import digest_of
from jobmill.core.truths import GroundTruth, NewTruth, TruthKind, TruthState
from jobmill.core.truths.ports import TruthQuery

DOCUMENT_CAP = 1024 * 1024
"""Bytes of JSON, of an input and of a label."""
ACTIVE = (TruthState.ACTIVE,)
_KINDS = {"person": TruthKind.REVIEWER, "engine": TruthKind.ENGINE}


@dataclass(frozen=True, slots=True)
class TruthChanges:
    """What to change; None stays as it is, an empty tag takes the tag away."""

    input: JobInput | None = None
    label: Any = None
    tag: str | None = None
    metadata: Mapping[str, Any] | None = None


def add_truth(
    work: UnitOfWork,
    who: Principal,
    pipeline: str,
    given: JobInput,
    label: Any,
    now: datetime,
    *,
    tag: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> GroundTruth:
    """Keep what is right for an input of a pipeline. Raises PipelineNotFound, InvalidInput."""
    who.require(Right.JOBS_WRITE)
    found = find_pipeline(work.pipelines, who.organization, pipeline)
    if found is None:
        raise PipelineNotFound(f"There is no pipeline {pipeline!r}.", field="pipeline")
    new = NewTruth(
        who.organization,
        who.user,
        pipeline,
        _checked_input(given, found, now),
        _checked_label(label, found),
        tag=_checked_tag(tag),
        metadata=checked_metadata(metadata or {}),
    )
    return work.truths.add(new, digest_of(new.input), now)


def add_truth_of_job(
    work: UnitOfWork,
    who: Principal,
    job: JobRef,
    now: datetime,
    *,
    label: Any = None,
    tag: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> GroundTruth:
    """Keep a job's input with its output, or with the label that is given instead.

    Raises JobNotFound, JobNotEnded, and Conflict for a job that has no such answer.
    """
    graph = visible_job(work, who, job)
    who.require(Right.JOBS_WRITE)
    if graph.job.pipeline is None:
        raise Conflict("The job is of no pipeline: ground truth is kept for pipelines.")
    kind = TruthKind.OWNER
    if label is None:
        label, kind = _answer_of(work, graph, now)
    pipeline = find_pipeline(work.pipelines, who.organization, graph.job.pipeline)
    new = NewTruth(
        who.organization,
        who.user,
        graph.job.pipeline,
        dict(graph.job.input),
        _checked_label(label, pipeline),
        kind,
        _checked_tag(tag),
        checked_metadata(metadata or {}),
        graph.job.number,
    )
    return work.truths.add(new, digest_of(new.input), now)


def list_truths(
    work: UnitOfWork,
    who: Principal,
    pipeline: str | None = None,
    tag: str | None = None,
    *,
    states: tuple[TruthState, ...] = ACTIVE,
    below: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[GroundTruth]:
    """The truths that the caller sees, newest first."""
    who.require(Right.JOBS_READ)
    query = TruthQuery(who.organization, seen_by(who), pipeline, tag, states, below, limit, offset)
    return work.truths.find(query)


def count_truths(
    work: UnitOfWork,
    who: Principal,
    pipeline: str | None = None,
    tag: str | None = None,
    *,
    states: tuple[TruthState, ...] = ACTIVE,
) -> int:
    """How many `list_truths` has on all pages together."""
    who.require(Right.JOBS_READ)
    return work.truths.count(TruthQuery(who.organization, seen_by(who), pipeline, tag, states))


def get_truth(work: UnitOfWork, who: Principal, truth: str) -> GroundTruth:
    """A truth by its id or number, a deleted one too. Raises TruthNotFound."""
    who.require(Right.JOBS_READ)
    return _own(work, who, truth)


def edit_truth(
    work: UnitOfWork, who: Principal, truth: str, changes: TruthChanges, now: datetime
) -> GroundTruth:
    """Change a truth; what was measured before stays. Raises TruthNotFound, InvalidInput."""
    who.require(Right.JOBS_WRITE)
    old = _active(work, who, truth)
    pipeline = find_pipeline(work.pipelines, who.organization, old.pipeline)
    edited = replace(
        old,
        input=old.input if changes.input is None else _checked_input(changes.input, pipeline, now),
        label=old.label if changes.label is None else _checked_label(changes.label, pipeline),
        tag=old.tag if changes.tag is None else _checked_tag(changes.tag),
        metadata=(old.metadata if changes.metadata is None else checked_metadata(changes.metadata)),
        updated_at=now,
    )
    work.truths.save(edited, digest_of(edited.input))
    return edited


def delete_truth(work: UnitOfWork, who: Principal, truth: str, now: datetime) -> GroundTruth:
    """Measure nothing against it any more; it can still be read. Raises TruthNotFound."""
    who.require(Right.JOBS_WRITE)
    old = _active(work, who, truth)
    deleted = replace(old, state=TruthState.DELETED, updated_at=now)
    work.truths.save(deleted, digest_of(deleted.input))
    return deleted


def _own(work: UnitOfWork, who: Principal, truth: str) -> GroundTruth:
    found = work.truths.get(who.organization, truth)
    if found is None or not owns(who, found.organization, found.owner):
        raise TruthNotFound(f"There is no ground truth {truth!r}.")
    return found


def _active(work: UnitOfWork, who: Principal, truth: str) -> GroundTruth:
    found = _own(work, who, truth)
    if found.state is not TruthState.ACTIVE:
        raise TruthNotFound(f"The ground truth {truth!r} has been deleted.")
    return found


def _answer_of(work: UnitOfWork, graph: JobGraph, now: datetime) -> tuple[Any, TruthKind]:
    """The output of a job, and whose it is."""
    state = graph.job.state
    if state not in ENDED_JOBS:
        raise JobNotEnded(f"The job is {state.value}; it has no output yet.")
    program = program_of(work, graph.job)
    if state is JobState.COMPLETED and program is not None:
        output = output_in(work, graph, program)
        if output is not None:
            return output.document, _KINDS[output.by]
    elif state is JobState.COMPLETED:
        answers = answers_in(work, graph, closed_reviews(work, graph, now))
        if answers is not None and answers.output.digest is None:
            return answers.output.document, _KINDS["person" if answers.people else "engine"]
    raise Conflict("The job has no output that can be taken; give the label yourself.")


def _checked_input(given: JobInput, pipeline: Pipeline | None, now: datetime) -> Mapping[str, Any]:
    """As jobs of the pipeline have it. Raises InvalidInput, which names the field."""
    program = None if pipeline is None else bound(Found(pipeline), now)
    if program is not None:
        given, _ = input_of(program, given)
    found = given.given()
    if len(found) != 1:
        raise InvalidInput("input: give exactly one of path, url, asset or json.", field="input")
    _check_size(found, "input")
    return found


def _checked_label(label: Any, pipeline: Pipeline | None) -> Any:
    if label is None:
        raise InvalidInput("label: give the right output for the input.", field="label")
    _check_size(label, "label")
    program = None if pipeline is None else pipeline.program
    for problem in () if program is None else program.output_problems(label):
        where = f"label.{problem.path}" if problem.path else "label"
        raise InvalidInput(f"{where}: {problem.message}", field=where)
    return label


def _check_size(document: Any, field: str) -> None:
    if len(json.dumps(document, ensure_ascii=False).encode()) > DOCUMENT_CAP:
        raise InvalidInput(f"{field}: {DOCUMENT_CAP} bytes of JSON at most.", field=field)


def _checked_tag(tag: str | None) -> str | None:
    return checked_tags([tag], "tag")[0] if tag else None
