"""At the end of a job with a known answer: how right its engine, its people and its output are.

In the transaction that ends the job, so that nothing is measured twice or left out. Jobs without a
pipeline cost nothing here, those of a pipeline without ground truth and without people one look.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from jobmill.core.events import EventType
from jobmill.core.jobs.machine import Change
from jobmill.core.jobs.model import Job, JobGraph
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_answers import (
    Answers,
    Said,
    answers_apart,
    answers_in,
    closed_reviews,
)
from jobmill.core.reviews.differences import digest_of
from jobmill.core.reviews.model import Review
from jobmill.core.truths import (
    GroundTruth,
    Judgement,
    Measured,
    Measurement,
    Pair,
    Role,
    judge,
)
from jobmill.core.truths.judging import judge_unread, likeness


def measure_end(work: UnitOfWork, change: Change, now: datetime) -> None:
    """Measure a job that this change completes."""
    job = change.graph.job
    ends = any(event.type is EventType.JOB_COMPLETED for event in change.events)
    if job.pipeline is None or not ends:
        return
    graph = change.graph
    truth = known_truth(work, job)
    asked = any(task.review is not None for task in graph.tasks)
    reviews = closed_reviews(work, graph, now) if asked else ()
    pairs = [pair for review in reviews for pair in _pairs(work, graph, review)]
    answers = None if truth is None else answers_in(work, graph, reviews)
    if not pairs and (truth is None or answers is None):
        return
    measured: list[Measured] = []
    if truth is not None and answers is not None:
        measured = list(_measured(truth, answers))
    number = None if truth is None else truth.number
    put = Measurement(job.organization, job.pipeline, job.number, number, measured, pairs)
    work.quality.put(put, now)


def known_truth(work: UnitOfWork, job: Job) -> GroundTruth | None:
    """The right answer to a job's input, if it is known."""
    if job.pipeline is None or not work.truths.any(job.organization, job.pipeline):
        return None
    return work.truths.known(job.organization, job.pipeline, digest_of(job.input), job.number)


def _measured(truth: GroundTruth, answers: Answers) -> Iterator[Measured]:
    yield Measured(Role.OUTPUT, "", _judged(truth, answers.output))
    for engine in answers.engines:
        yield Measured(Role.ENGINE, engine, _judged(truth, answers.by_engine))
    for user, said in answers.people:
        yield Measured(Role.PERSON, str(user), _judged(truth, said))


def _judged(truth: GroundTruth, said: Said) -> Judgement:
    if said.digest is not None:
        return judge_unread(same=said.digest == digest_of(truth.label))
    return judge(truth.label, said.document)


def _pairs(work: UnitOfWork, graph: JobGraph, review: Review) -> Iterator[Pair]:
    """Each two of those who answered apart."""
    for one, other in combinations(answers_apart(work, graph, review), 2):
        first, second = sorted((one[0].user, other[0].user))
        agreed = one[0].digest == other[0].digest
        yield Pair(first, second, agreed, 1.0 if agreed else _likeness(one[1], other[1]))


def _likeness(one: Said, other: Said) -> float:
    """Of documents that are not the same; of one that lies elsewhere nothing more is known."""
    unread = one.digest is not None or other.digest is not None
    return 0.0 if unread else likeness(one.document, other.document)
