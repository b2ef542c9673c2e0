"""Draw calibrations: jobs whose answer is known, which look like any other to who answers them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import InvalidInput, JobmillError, PipelineNotFound
from jobmill.core.ids import BatchNumber, new_ids
from jobmill.core.jobs.batches import BatchState
from jobmill.core.jobs.marking import PLAIN, JobKind
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service.job_input import JobInput, Outside
from jobmill.core.jobs.service.row_making import RowMaker
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.pipelines import find_pipeline
from jobmill.core.truths import GroundTruth
from jobmill.core.truths.ports import TruthQuery

MOST = 200
"""At once: they are made in one transaction, during which nobody else writes."""
_SEARCHED = 50
"""Among so many of a pipeline's last jobs one is looked for that is no calibration itself."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A job that was made, and what it was drawn from."""

    graph: JobGraph
    truth: GroundTruth


def calibrate(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    pipeline: str,
    count: int,
    now: datetime,
    *,
    tag: str | None = None,
    collaborators: Sequence[Collaborator] | None = None,
) -> Sequence[Calibration]:
    """Make jobs of so many of a pipeline's truths (of a tag), the least used first.

    They have owner, tags, priority, parameters, times and, if none are named, collaborators of the
    pipeline's latest regular job, and a batch if that has one. For admins. Raises PipelineNotFound,
    and InvalidInput where there are not as many truths, or an input cannot be had any more.
    """
    who.require_admin(Right.JOBS_WRITE)
    if find_pipeline(work.pipelines, who.organization, pipeline) is None:
        raise PipelineNotFound(f"There is no pipeline {pipeline!r}.")
    query = TruthQuery(who.organization, pipeline=pipeline, tag=tag, limit=count)
    _check_count(count, work.truths.count(query))
    like = _latest(work, who, pipeline)
    if collaborators is None:
        collaborators = () if like is None else _collaborators(work, like)
    maker = _maker(work, who, like)
    rows = RowMaker(work, outside, maker, _batch(work, maker, like, count, now), now)
    alike = SubmitJob(
        JobInput(),
        pipeline=pipeline,
        collaborators=tuple(collaborators),
        kind=JobKind.CALIBRATION,
        **({} if like is None else _looks(like, now)),
    )
    drawn = work.truths.draw(query)
    for truth, ident in zip(drawn, new_ids(len(drawn)), strict=True):
        given, name = JobInput(**truth.input), _name(work, truth)
        _add(rows, replace(alike, input=given, name=name, truth=truth.number), truth, ident)
    graphs = (work.jobs.graph(number) for number in rows.make())
    return [Calibration(each, truth) for each, truth in zip(graphs, drawn, strict=True) if each]


def _check_count(count: int, there: int) -> None:
    if not 1 <= count <= MOST:
        raise InvalidInput(f"count: give 1 to {MOST}.", field="count")
    if count > there:
        raise InvalidInput(
            f"count: there are {there} to draw from; add ground truth, or ask for fewer.",
            field="count",
        )


def _latest(work: UnitOfWork, who: Principal, pipeline: str) -> Job | None:
    query = JobQuery(who.organization, types=(pipeline,), limit=_SEARCHED)
    jobs = [graph.job for graph in work.jobs.find(query) if graph.job.pipeline == pipeline]
    marks = work.marks.of([job.number for job in jobs]) if jobs else {}
    regular = (job for job in jobs if marks.get(job.number, PLAIN).kind is JobKind.DEFAULT)
    return next(regular, jobs[0] if jobs else None)


def _maker(work: UnitOfWork, who: Principal, like: Job | None) -> Principal:
    """Whose the jobs shall be: an owner who differs would tell."""
    owner = None if like is None else work.accounts.user(like.owner)
    if owner is None or owner.removed:
        return who
    return replace(who, user=owner.number, user_name=owner.name)


def _looks(like: Job, now: datetime) -> dict[str, Any]:
    """What people may see of a job beside its input."""
    due, expires, kept = like.due, like.expires_at, like.retain_until
    return {
        "tags": like.tags,
        "priority": like.priority,
        # A program lays values of the input into them: those of another are not this one's.
        "params": {} if PROGRAM in like.extras else like.params,
        "origin": like.origin,
        "due": due and now + (due - like.created_at),
        "expires_at": expires and now + (expires - like.created_at),
        "retain_until": kept and now + (kept - like.created_at),
    }


def _collaborators(work: UnitOfWork, like: Job) -> Sequence[Collaborator]:
    found = []
    for share in work.shares.of_job(like.number):
        if share.team is not None:
            team = work.teams.get(share.team)
            if team is not None:
                found.append(Collaborator(team=team.id, steps=share.steps))
        elif share.user is not None:
            user = work.accounts.user(share.user)
            if user is not None and not user.removed:
                found.append(Collaborator(user=user.id, steps=share.steps))
        else:
            found.append(Collaborator(user="*", steps=share.steps))
    return found


def _batch(
    work: UnitOfWork, maker: Principal, like: Job | None, count: int, now: datetime
) -> BatchNumber | None:
    """One of their own, where regular jobs come in batches: a job without one would tell, and so
    would a batch that looks otherwise."""
    if like is None or like.batch is None:
        return None
    seen = work.batches.get(like.batch, counted=False)
    organization, owner = maker.organization, maker.user
    if seen.pipeline is None:
        return work.batches.add(organization, owner, seen.name, count, now)
    number = work.batches.begin(
        organization, owner, seen.name, seen.pipeline, count, now, strict=seen.strict
    )
    begun = work.batches.get(number, counted=False)
    ended = replace(begun, state=BatchState.READY, size=count, processed=count)
    work.batches.save(ended)
    return number


def _name(work: UnitOfWork, truth: GroundTruth) -> str | None:
    """That of the job that it was made from, as long as that is there."""
    source = None if truth.job is None else work.jobs.graph(truth.job)
    return None if source is None else source.job.name


def _add(rows: RowMaker, command: SubmitJob, truth: GroundTruth, ident: str) -> None:
    try:
        rows.add(command, ident)
    except JobmillError as refusal:
        refusal.message = f"Of the ground truth {truth.id}: {refusal.message}"
        raise
