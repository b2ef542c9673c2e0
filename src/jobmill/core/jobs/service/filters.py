"""Which jobs are meant: what lists, bulk actions and batches narrow down by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, seen_by
from jobmill.core.errors import BatchNotFound
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.marking import JobKind, shown_kinds
from jobmill.core.jobs.ports import JobQuery, UnitOfWork
from jobmill.core.jobs.states import JobState


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Any of `states` and `types`, all of `tags` and `metadata`, of one batch (id or number).

    `correct`: whose output was marked so; `kinds`: what they are for, as the caller sees it. Times
    are from the first on and until before the second. `jobs`: among these; None: any.
    """

    states: tuple[JobState, ...] = ()
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    batch: str | None = None
    correct: bool | None = None
    kinds: tuple[JobKind, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    ended_after: datetime | None = None
    ended_before: datetime | None = None
    jobs: tuple[JobNumber, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "states": list(self.states),
            "types": list(self.types),
            "tags": list(self.tags),
            "metadata": [list(pair) for pair in self.metadata],
            "batch": self.batch,
            "correct": self.correct,
            "kinds": list(self.kinds),
            "created_after": self.created_after and self.created_after.isoformat(),
            "created_before": self.created_before and self.created_before.isoformat(),
            "ended_after": self.ended_after and self.ended_after.isoformat(),
            "ended_before": self.ended_before and self.ended_before.isoformat(),
            "jobs": None if self.jobs is None else list(self.jobs),
        }


def filter_from(kept: Mapping[str, Any]) -> JobFilter:
    """From `as_json`."""
    return JobFilter(
        states=tuple(JobState(word) for word in kept["states"]),
        types=tuple(kept["types"]),
        tags=tuple(kept["tags"]),
        metadata=tuple((name, value) for name, value in kept["metadata"]),
        batch=kept["batch"],
        correct=kept.get("correct"),
        kinds=tuple(JobKind(word) for word in kept.get("kinds", ())),
        created_after=_time(kept["created_after"]),
        created_before=_time(kept["created_before"]),
        ended_after=_time(kept.get("ended_after")),
        ended_before=_time(kept.get("ended_before")),
        jobs=None if kept.get("jobs") is None else tuple(map(JobNumber, kept["jobs"])),
    )


def query_of(
    work: UnitOfWork,
    who: Principal,
    wanted: JobFilter,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> JobQuery:
    """The filter as a query over what the caller may see. Raises BatchNotFound."""
    batch = None
    if wanted.batch is not None:
        batch = work.batches.number_of(who.organization, wanted.batch, seen_by(who))
        if batch is None:
            raise BatchNotFound(f"There is no batch {wanted.batch!r}.", field="batch")
    return JobQuery(
        organization=who.organization,
        seen_by=seen_by(who),
        states=wanted.states,
        types=wanted.types,
        tags=wanted.tags,
        metadata=wanted.metadata,
        batch=batch,
        correct=wanted.correct,
        kinds=shown_kinds(wanted.kinds, who),
        created_after=wanted.created_after,
        created_before=wanted.created_before,
        ended_after=wanted.ended_after,
        ended_before=wanted.ended_before,
        jobs=wanted.jobs,
        before=before,
        limit=limit,
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
