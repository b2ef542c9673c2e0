"""Search jobs on behalf of a caller, and keep the index up with the event log."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobmill.core.accounts import Principal, Right, seen_by
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.marks import EMPTIED, UNSEARCHED
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.search.model import Found, Words
from jobmill.core.jobs.search.query import match_of
from jobmill.core.results import Result

EVENTS = 500
TEXT_CAP = 400_000
"""Characters of one job's results that are searched; more of one job is not indexed."""


def search_jobs(
    work: UnitOfWork, who: Principal, typed: str, below: int | None, limit: int
) -> Sequence[Found]:
    """Jobs that have all the words, newest first. Raises InvalidInput."""
    who.require(Right.JOBS_READ)
    return work.search.find(who.organization, match_of(typed), below, limit, seen_by(who))


def news_for_search(work: UnitOfWork) -> tuple[int, list[Words]] | None:
    """What the index has yet to learn from the next events; None when it is up to date."""
    place = work.search.place()
    last, numbers = work.search.news(place, EVENTS)
    if last == place:
        return None
    return last, words_of(work, numbers)


def words_of(work: UnitOfWork, numbers: Sequence[JobNumber]) -> list[Words]:
    """The words of jobs as they stand, by number."""
    answered = work.results.among(numbers)
    return [
        _words(job, work.results.of_job(job.number) if job.number in answered else ())
        for job in work.jobs.several(numbers)
    ]


def _words(job: Job, results: Sequence[Result]) -> Words:
    """None of a job whose content is gone."""
    if EMPTIED in job.extras or UNSEARCHED in job.extras:
        return Words(job.number, job.organization, "", "", "")
    return Words(job.number, job.organization, _name(job), _found(results), _said(job))


def _name(job: Job) -> str:
    given = [value for value in job.input.values() if isinstance(value, str)]
    return "\n".join(each for each in (job.name, job.pipeline, *given) if each)


def _said(job: Job) -> str:
    if not job.tags and not job.metadata:
        return ""
    return "\n".join([*job.tags, *job.metadata, *_texts(job.metadata)])


def _found(results: Sequence[Result]) -> str:
    pieces: list[str] = []
    left = TEXT_CAP
    for result in results:
        for text in _texts(result.document):
            if left <= 0:
                return " ".join(pieces)
            pieces.append(text[:left])
            left -= len(text) + 1
    return " ".join(pieces)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in its order."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            if each.strip():
                yield each
        elif isinstance(each, Mapping):
            stack += reversed(list(each.values()))
        elif isinstance(each, list | tuple):
            stack += reversed(each)
