"""What pages of jobs and of tasks by offset ask for, for clients that count pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobmill.core.ids import (
    BatchNumber,
    ItemNumber,
    JobNumber,
    OrganizationNumber,
    TaskNumber,
    UserNumber,
)
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.states import JobState, TaskState


@dataclass(frozen=True, slots=True)
class JobSpan:
    """Jobs created (or changed last, or ended) between two times, ends included."""

    by_update: bool = False
    since: datetime | None = None
    until: datetime | None = None
    by_end: bool = False


@dataclass(frozen=True, slots=True)
class JobPage:
    """Which jobs, in which order, from which place on. None asks for all; an empty one for none.

    `engines` and `pools` are those of any of the job's tasks; `blocked_steps` those of its open
    reviews. All of `tags`. Jobs that have not ended come last `by_end`.
    """

    organization: OrganizationNumber
    states: Sequence[JobState] | None = None
    engines: Sequence[str] | None = None
    pools: Sequence[str] | None = None
    item: ItemNumber | None = None
    with_item: bool | None = None
    types: Sequence[str] | None = None
    tags: Sequence[str] = ()
    batch: BatchNumber | None = None
    correct: bool | None = None
    kinds: Sequence[JobKind] | None = None
    blocked_steps: Sequence[str] | None = None
    but_types: Sequence[str] = ()
    spans: Sequence[JobSpan] = ()
    by_update: bool = False
    descending: bool = True
    offset: int = 0
    limit: int = 30
    seen_by: UserNumber | None = None
    jobs: Sequence[JobNumber] | None = None
    by_end: bool = False


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Which tasks, in the order of their jobs, from which place on. None asks for all.

    `jobs` are those whose tasks are asked for; `failed` asks for tasks that have a failure. Times
    are those of their jobs.
    """

    organization: OrganizationNumber
    states: Sequence[TaskState] | None = None
    engines: Sequence[str] | None = None
    jobs: Sequence[JobNumber] | None = None
    tasks: Sequence[TaskNumber] | None = None
    failed: bool = False
    spans: Sequence[JobSpan] = ()
    by_update: bool = False
    descending: bool = True
    offset: int = 0
    limit: int = 30
    seen_by: UserNumber | None = None
