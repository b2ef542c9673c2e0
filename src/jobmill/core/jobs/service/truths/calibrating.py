"""Draw calibrations: jobs whose answer is known, which look like any other to who answers them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, Right
from jobmill.core.errors import InvalidInput, JobmillError, PipelineNotFound
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.service.job_input import JobInput, Outside
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.jobs.service.submit_job import submit_job
from jobmill.core.pipelines import find_pipeline
from jobmill.core.truths import GroundTruth
from jobmill.core.truths.ports import TruthQuery

MOST = 1000
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
    pipeline's latest regular job. For admins. Raises PipelineNotFound, and InvalidInput where there
    are not as many truths, or an input cannot be had any more.
    """
    who.require_admin(Right.JOBS_WRITE)
    if find_pipeline(work.pipelines, who.organization, pipeline) is None:
        raise PipelineNotFound(f"There is no pipeline {pipeline!r}.")
    query = TruthQuery(who.organization, pipeline=pipeline, tag=tag, limit=count)
    _check_count(count, work.truths.count(query))
    like = _latest(work, who, pipeline)
    if collaborators is None:
        collaborators = () if like is None else _collaborators(work, like)
    maker, made = _maker(work, who, like), []
    for truth in work.truths.draw(query):
        command = SubmitJob(
            input=JobInput(**truth.input),
            pipeline=pipeline,
            collaborators=tuple(collaborators),
            kind=JobKind.CALIBRATION,
            truth=truth.number,
            **({} if like is None else _looks(like, now)),
        )
        made.append(Calibration(_submitted(work, outside, maker, truth, command, now), truth))
    return made


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
    return next((job for job in jobs if job.number not in marks), jobs[0] if jobs else None)


def _maker(work: UnitOfWork, who: Principal, like: Job | None) -> Principal:
    """Whose the jobs shall be: an owner who differs would tell."""
    owner = None if like is None else work.accounts.user(like.owner)
    if owner is None or owner.removed:
        return who
    return replace(who, user=owner.number, user_name=owner.name)


def _looks(like: Job, now: datetime) -> dict[str, Any]:
    """What people may see of a job beside its input."""
    due, expires = like.due, like.expires_at
    return {
        "tags": like.tags,
        "priority": like.priority,
        # A program lays values of the input into them: those of another are not this one's.
        "params": {} if PROGRAM in like.extras else like.params,
        "origin": like.origin,
        "due": due and now + (due - like.created_at),
        "expires_at": expires and now + (expires - like.created_at),
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


def _submitted(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    truth: GroundTruth,
    command: SubmitJob,
    now: datetime,
) -> JobGraph:
    try:
        return submit_job(work, outside, who, command, now).graph
    except JobmillError as refusal:
        refusal.message = f"Of the ground truth {truth.id}: {refusal.message}"
        raise
