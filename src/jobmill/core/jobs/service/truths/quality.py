"""How right a pipeline's output, its engines and its people are, on behalf of a caller."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import TypeVar

from jobmill.core.accounts import Principal, Right
from jobmill.core.accounts.service.names import user_of
from jobmill.core.errors import InvalidInput, PipelineNotFound
from jobmill.core.ids import UserNumber
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.pipelines import find_pipeline
from jobmill.core.truths import (
    Accuracy,
    Agreed,
    Confused,
    FieldAccuracy,
    PeriodAccuracy,
    QualityQuery,
    Role,
    Width,
)

MOST_WORDS = 50
"""A field with more labels is no label, and a table of them nothing that anybody could read."""
MOST_CONFUSED = 20_000
_Row = TypeVar("_Row", FieldAccuracy, Confused)


@dataclass(frozen=True, slots=True)
class Together:
    """Of so many pairs of answers, each given without knowing the other, how many are the same;
    `score` is the mean share of fields that are."""

    pairs: int = 0
    agreed: int = 0
    score: float = 0.0

    def with_pairs(self, more: Agreed) -> "Together":
        """These and those."""
        pairs = self.pairs + more.pairs
        score = (self.score * self.pairs + more.score * more.pairs) / pairs
        return Together(pairs, self.agreed + more.agreed, score)


@dataclass(frozen=True, slots=True)
class SubjectQuality:
    """Of one engine, person, or of the output. `name`: the engine, or the user's name. `together`:
    of a person with others."""

    subject: str
    name: str
    accuracy: Accuracy
    fields: Sequence[FieldAccuracy] = ()
    confusion: Sequence[Confused] = ()
    periods: Sequence[PeriodAccuracy] = ()
    together: Together = Together()


@dataclass(frozen=True, slots=True)
class Quality:
    """Of a pipeline within a time. `together`: of all people with each other."""

    pipeline: str
    query: QualityQuery
    width: Width | None
    subjects: Sequence[SubjectQuality]
    together: Together


def pipeline_quality(
    work: UnitOfWork,
    who: Principal,
    pipeline: str,
    role: Role = Role.OUTPUT,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    width: Width | None = None,
    subject: str | None = None,
) -> Quality:
    """What was measured of a role; over time, if a width is given; of one subject, if named.

    A person is named by id, e-mail address or name, an engine as `id@version`. For admins: whoever
    answers could tell calibrations by what is counted here. Raises PipelineNotFound, UserNotFound.
    """
    who.require_admin(Right.PIPELINES_READ)
    if since is not None and until is not None and since >= until:
        raise InvalidInput("to: give a time behind `from`.", field="to")
    if subject is not None and role is Role.PERSON:
        subject = str(user_of(work.accounts, who.organization, subject).number)
    query = QualityQuery(who.organization, pipeline, role, since, until, subject)
    known = find_pipeline(work.pipelines, who.organization, pipeline) is not None
    agreements = work.quality.agreements(query)
    subjects = _subjects(work, query, width, agreements)
    if not known and not subjects and not agreements:
        raise PipelineNotFound(f"There is no pipeline {pipeline!r}.")
    together = reduce(Together.with_pairs, agreements, Together())
    return Quality(pipeline, query, width, subjects, together)


def _subjects(
    work: UnitOfWork, query: QualityQuery, width: Width | None, agreements: Sequence[Agreed]
) -> Sequence[SubjectQuality]:
    store = work.quality
    accuracies = {each.subject: each for each in store.accuracies(query)}
    fields = _by_subject(store.fields(query))
    confusion = _by_subject(store.confusion(query, MOST_WORDS, MOST_CONFUSED))
    periods: dict[str, list[PeriodAccuracy]] = {}
    for period in () if width is None else store.periods(query, width):
        periods.setdefault(period.accuracy.subject, []).append(period)
    found = [
        SubjectQuality(
            subject,
            subject or query.pipeline,
            accuracy,
            fields.get(subject, ()),
            confusion.get(subject, ()),
            periods.get(subject, ()),
        )
        for subject, accuracy in accuracies.items()
    ]
    return found if query.role is not Role.PERSON else _people(work, query, found, agreements)


def _people(
    work: UnitOfWork,
    query: QualityQuery,
    measured: Sequence[SubjectQuality],
    agreements: Sequence[Agreed],
) -> Sequence[SubjectQuality]:
    """With their names and how they agree with others; those too of whom nothing else is known."""
    people = {each.subject: each for each in measured}
    for each in agreements:
        for user in (str(each.one), str(each.other)):
            if query.subject not in (None, user):
                continue
            one = people.setdefault(user, SubjectQuality(user, "", Accuracy(user, 0, 0, 0.0)))
            people[user] = replace(one, together=one.together.with_pairs(each))
    return [_named(work, people[subject]) for subject in sorted(people, key=int)]


def _named(work: UnitOfWork, one: SubjectQuality) -> SubjectQuality:
    user = work.accounts.user(UserNumber(int(one.subject)))
    return one if user is None else replace(one, subject=user.id, name=user.name)


def _by_subject(rows: Iterable[_Row]) -> Mapping[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.subject, []).append(row)
    return found
