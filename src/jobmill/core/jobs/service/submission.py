"""What is said to make a job, and what is said back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.marking import PLAIN, JobKind, JobMark
from jobmill.core.jobs.model import DEFAULT_PRIORITY, JobGraph
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.programs import Found, NamedFile
from jobmill.core.jobs.service.share_job import Collaborator
from jobmill.core.webhooks.service import EndpointSpec


@dataclass(frozen=True, slots=True)
class SubmitJob:
    """A request for work: exactly one of features, a pipeline's name, or tasks with routes.

    With `item` the job works on an item that exists; without, one is made around its input.
    `more_callbacks` hear of one task each, by name, or of all. `skip_people`: reviews are passed,
    whatever their thresholds. `kind` and `truth` are those of the job's mark. `found`, `file` and
    `task_files` are worked out here, from a pipeline and its input; nobody gives them.
    """

    input: JobInput
    features: tuple[str, ...] = ()
    pipeline: str | None = None
    tasks: tuple[Mapping[str, Any], ...] = ()
    routes: tuple[Mapping[str, Any], ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    pool: str | None = None
    origin: str = "api"
    priority: int = DEFAULT_PRIORITY
    name: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    expires_at: datetime | None = None
    parked: bool = False
    retain_for: timedelta | None = None
    retain_until: datetime | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    require_input: bool = True
    idempotency_key: str | None = None
    collaborators: tuple[Collaborator, ...] = ()
    callback: EndpointSpec | None = None
    more_callbacks: tuple[tuple[EndpointSpec, str | None], ...] = ()
    item: ItemNumber | None = None
    skip_people: bool = False
    kind: JobKind = JobKind.DEFAULT
    truth: int | None = None
    found: Found | None = None
    file: NamedFile | None = None
    task_files: Mapping[str, NamedFile] | None = None

    @property
    def mark(self) -> JobMark:
        """The mark that its job begins with."""
        plain = self.kind is JobKind.DEFAULT and self.truth is None
        return PLAIN if plain else JobMark(self.kind, None, self.truth)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job, and whether an earlier request with the same key made it.

    `callback_secret` is the secret of its callback if it was made here: the only time to read it.
    """

    graph: JobGraph
    replayed: bool = False
    callback_secret: str | None = None
