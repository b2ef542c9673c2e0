"""Pools, limits, batches, bulk actions and search as they are sent and shown."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import Field

from jobmill.api.schemas.described import EditJob, Tags
from jobmill.api.schemas.filters import BulkFilter
from jobmill.api.schemas.jobs import CreateJob, InputSpec, Job, TaskName
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, Time
from jobmill.core.capacity import Pool as CorePool
from jobmill.core.capacity.service import LimitUse
from jobmill.core.jobs import JobState
from jobmill.core.jobs.bulk import BulkAction
from jobmill.core.jobs.search import Found as CoreFound
from jobmill.core.jobs.search import Highlight as CoreHighlight
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.jobs.service.batches import MAX_JOBS


class Pause(Body):
    """How to pause."""

    stop: bool = Field(False, description="Stop what runs, too; it begins again at the resume.")


class Rewind(Body):
    """Where to begin again."""

    task: TaskName = Field(description="The name of the task to run again, with all behind it.")


class Mark(Body):
    """What is said of a job's output."""

    correct: bool | None = Field(description="Whether it is right; null: nobody has said so.")


class Pool(Answer):
    """A named class of workers."""

    name: str
    paused: bool
    ready: int = Field(description="Tasks that could run.")
    running: int = Field(description="Tasks at work.")
    workers: list[str] = Field(description="Live workers that serve it.")

    @classmethod
    def of(cls, pool: CorePool) -> "Pool":
        return cls(
            name=pool.name,
            paused=pool.paused,
            ready=pool.ready,
            running=pool.running,
            workers=list(pool.workers),
        )


class PoolPage(Page[Pool]):
    """All pools."""


class SetLimit(Body):
    """How many tasks may run at once."""

    organization: str | None = Field(
        None, max_length=200, description="Of this one (id or name); null: of all together."
    )
    engine: str | None = Field(
        None, max_length=200, description="By this engine; null: by all together."
    )
    running: int = Field(ge=0, le=1_000_000, description="At most so many; 0 lets none start.")


class Limit(Answer):
    """How many tasks may run at once."""

    id: str
    organization: str | None = Field(description="The name of whose tasks; null: all together.")
    engine: str | None
    pool: str | None = Field(description="In this pool, which an organization made; null: in all.")
    running: int = Field(description="At most so many.")
    used: int = Field(description="So many run now.")

    @classmethod
    def of(cls, use: LimitUse) -> "Limit":
        limit = use.limit
        return cls(
            id=limit.id,
            organization=limit.organization_name,
            engine=limit.engine,
            pool=limit.pool,
            running=limit.running,
            used=use.used,
        )


class LimitPage(Page[Limit]):
    """All limits."""


class BatchTemplate(CreateJob):
    """What all jobs of a batch have in common; each row brings its own input."""

    input: InputSpec = Field(
        default_factory=lambda: InputSpec.model_validate({}),
        description="Not here: each row has its own.",
    )


class BatchRow(Body):
    """One job of a batch that is made from a template."""

    input: InputSpec
    name: str | None = Field(None, max_length=200)
    tags: Tags = Field([], description="Beside those of the template.")
    metadata: JsonObject = Field({}, description="Over that of the template.")
    params: JsonObject | None = Field(None, description="Instead of those of the template.")

    def command(self, template: Mapping[str, Any]) -> SubmitJob:
        """The fields of the template with this row's own."""
        given = self.input
        own: dict[str, Any] = {
            "input": JobInput(given.path, given.url, given.asset, given.json_),
            "name": self.name or template["name"],
        }
        if self.tags:
            own["tags"] = (*template["tags"], *self.tags)
        if self.metadata:
            own["metadata"] = {**template["metadata"], **self.metadata}
        if self.params is not None:
            own["params"] = self.params
        return SubmitJob(**{**template, **own})


class CreateBatch(Body):
    """Jobs to make together: either `jobs`, or a `template` with `rows`."""

    name: str | None = Field(None, max_length=200)
    jobs: list[CreateJob] = Field([], max_length=MAX_JOBS)
    template: BatchTemplate | None = None
    rows: list[BatchRow] = Field([], max_length=MAX_JOBS)

    def commands(self) -> list[SubmitJob]:
        """The core's own form."""
        if self.template is None:
            return [job.command(None) for job in self.jobs]
        asked = self.template.command(None)
        # Once for all rows: a thousand calls of replace() take longer than the rest of them.
        template = {each.name: getattr(asked, each.name) for each in fields(asked)}
        return [row.command(template) for row in self.rows]


class BulkRequest(Body):
    """An action on every job that a filter matches."""

    action: BulkAction
    filter: BulkFilter = Field(description="Which jobs; `{}` means all.")
    changes: EditJob | None = Field(
        None, description="For the actions `edit` and `tag`: what to change."
    )
    correct: bool | None = Field(None, description="For the action `mark`: what to mark them as.")
    dry_run: bool = Field(False, description="Only count, and do nothing.")

    def asked(self) -> dict[str, Any]:
        """The changes as the core takes them."""
        changes = self.changes.changes() if self.changes is not None else {}
        return {
            **changes,
            **({"correct": self.correct} if "correct" in self.model_fields_set else {}),
        }


class BulkAnswer(Answer):
    """How many jobs the filter matches, and the job that acts upon them."""

    action: BulkAction
    matched: int
    dry_run: bool
    job: Job | None = Field(description="Null for a dry run.")


class SearchHighlight(Answer):
    """A piece of text around what was found."""

    field: str = Field(description="`name`, `results` or `metadata`.")
    text: str
    marks: list[tuple[int, int]] = Field(description="What was found: start and end in `text`.")

    @classmethod
    def of(cls, highlight: CoreHighlight) -> "SearchHighlight":
        return cls(field=highlight.field, text=highlight.text, marks=list(highlight.marks))


class SearchHit(Answer):
    """A job that has all the words."""

    id: str
    number: int
    name: str | None
    state: JobState
    type: str
    tags: list[str]
    created_at: Time
    highlights: list[SearchHighlight]

    @classmethod
    def of(cls, found: CoreFound) -> "SearchHit":
        job = found.job
        return cls(
            id=job.id,
            number=job.number,
            name=job.name,
            state=job.state,
            type=job.type,
            tags=list(job.tags),
            created_at=job.created_at,
            highlights=[SearchHighlight.of(each) for each in found.highlights],
        )


class SearchPage(Page[SearchHit]):
    """A piece of what was found, newest first."""
