"""What is said of a job beside its own record: what it is for, and whether its output is right.

Few jobs have a mark. A calibration looks like any other job to all but admins of its organization:
people who answer it must not know that the answer is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from jobmill.core.accounts import Principal
from jobmill.core.ids import JobNumber


class JobKind(StrEnum):
    """What a job is for: regular work, a person's first tries, or a question whose answer is
    known."""

    DEFAULT = "default"
    ONBOARDING = "onboarding"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class JobMark:
    """`correct`: whether somebody found its output right; None while nobody has said so.

    `truth` is the number of the ground truth that a calibration was drawn from.
    """

    kind: JobKind = JobKind.DEFAULT
    correct: bool | None = None
    truth: int | None = None


PLAIN = JobMark()


class MarkStore(Protocol):
    """One row a job that is marked; a job without one is `PLAIN`."""

    def get(self, job: JobNumber) -> JobMark:
        """The mark of a job."""

    def of(self, jobs: Sequence[JobNumber]) -> Mapping[JobNumber, JobMark]:
        """The marks of those that have one."""

    def put(self, job: JobNumber, mark: JobMark) -> None:
        """Write all of a job's mark."""


def shown_mark(mark: JobMark, who: Principal | None) -> JobMark:
    """The mark as a caller sees it."""
    if who is not None and who.admin:
        return mark
    kind = JobKind.DEFAULT if mark.kind is JobKind.CALIBRATION else mark.kind
    return replace(mark, kind=kind, truth=None)


def shown_kinds(kinds: Sequence[JobKind], who: Principal) -> tuple[JobKind, ...] | None:
    """The kinds that look like these to a caller; None when no kind is asked for."""
    if not kinds:
        return None
    if who.admin:
        return tuple(kinds)
    alike = {shown_mark(JobMark(kind), who).kind for kind in JobKind} & set(kinds)
    return tuple(kind for kind in JobKind if shown_mark(JobMark(kind), who).kind in alike)
