"""Batches as they are asked for and shown."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import ConfigDict, Field

from jobmill.api.schemas.described import Described
from jobmill.api.schemas.jobs import MAX_RETAIN_DAYS, PREFIX, Word
from jobmill.api.schemas.shared import Answer, Body, GivenTime, JsonObject, Page, Time
from jobmill.api.schemas.webhooks import GivenCallback
from jobmill.core.jobs import JobState
from jobmill.core.jobs.batches import Batch as CoreBatch
from jobmill.core.jobs.batches import BatchError as CoreError
from jobmill.core.jobs.batches import BatchState
from jobmill.core.jobs.batches.ingest import RowJobs
from jobmill.core.jobs.batches.rows import RowFormat
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import DEFAULT_PRIORITY, PRIORITIES
from jobmill.core.jobs.service import JobInput
from jobmill.core.jobs.service.ingest import MAX_ROWS, BatchSpec


class RowsFile(Body):
    """A file of rows: exactly one of these."""

    asset: str | None = Field(None, description="The id of an uploaded asset, or a data:// path.")
    path: str | None = Field(None, description="A file under a media root, or a data:// path.")
    url: str | None = Field(None, description="An http or https address; fetched once, guarded.")


class StartBatch(Described):
    """A batch of rows: give `inputs` or a `file`. Each row becomes a job of the pipeline."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"pipeline": "checks", "inputs": [{"path": "a.mp4"}, {"path": "b.mp4"}]},
                {"pipeline": "translation", "file": {"path": "data://in/texts.csv"}},
            ]
        }
    )

    name: str | None = Field(None, max_length=200, description="What you call the batch.")
    pipeline: Word = Field(description="The name of a pipeline.")
    inputs: list[Any] = Field(
        [],
        max_length=MAX_ROWS,
        description="The rows: each the input of a program; or what to work on, as a job's "
        "`input`, or as a text.",
    )
    file: RowsFile | None = Field(None, description=f"A file of at most {MAX_ROWS} rows.")
    format: RowFormat | None = Field(
        None, description="Of the file: a JSON list, JSON lines, CSV; told by its name if absent."
    )
    strict: bool = Field(False, description="All rows or none: they are checked before any is made")
    key: str | None = Field(
        None, max_length=200, description="No two rows may have the same value in this field."
    )
    params: JsonObject = Field({}, description="By task or feature: its parameters.")
    pool: Word | None = Field(None, description="The pool of tasks that name none.")
    priority: int = Field(
        DEFAULT_PRIORITY, ge=PRIORITIES.start, le=PRIORITIES.stop - 1, description="Lower is first."
    )
    origin: str = Field("api", max_length=200, description="Who asks; shown, never read.")
    retain_days: float | None = Field(
        None, gt=0, le=MAX_RETAIN_DAYS, description="Remove the jobs after so many days."
    )
    retain_until: GivenTime | None = Field(None, description="Or remove them at that time.")
    people: Literal["asked", "none"] = Field(
        "asked", description="`none`: every review is passed, whatever its threshold."
    )
    kind: Literal["default", "onboarding"] = Field("default", description="What the jobs are for.")
    callback: GivenCallback | None = Field(
        None, description="Where to tell of each job's end; with a secret of yours."
    )
    told: GivenCallback | None = Field(
        None, description="Where to tell when the batch has been read; with a secret of yours."
    )

    def spec(self) -> BatchSpec:
        """The core's own form."""
        file = self.file
        days = self.retain_days
        return BatchSpec(
            jobs=RowJobs(
                self.pipeline,
                self.params,
                None,
                tuple(self.tags),
                self.metadata,
                self.priority,
                self.pool,
                self.origin,
                self.parked,
                self.due,
                self.expires_at,
                None if days is None else timedelta(days=days).total_seconds(),
                self.retain_until,
                self.people == "none",
                JobKind(self.kind),
            ),
            file=None if file is None else JobInput(file.path, file.url, file.asset),
            format=self.format,
            strict=self.strict,
            key=self.key,
            name=self.name,
            callback=None if self.callback is None else self.callback.spec(),
            told=None if self.told is None else self.told.spec(),
        )


class Batch(Answer):
    """Jobs created together. Deleted ones are not counted any more."""

    id: str
    number: int
    name: str | None
    state: BatchState = Field(
        description="`ingesting` while rows are read; then whether all of them, none or some "
        "became jobs."
    )
    pipeline: str | None = Field(description="Of a batch of rows.")
    strict: bool = Field(description="All rows or none.")
    size: int = Field(description="How many jobs were made.")
    total: int | None = Field(description="How many rows there are; null: not known yet.")
    processed: int = Field(description="How many rows were looked at.")
    valid: int = Field(description="How many of these can be taken.")
    invalid: int = Field(description="How many cannot; `links.errors` says why.")
    error: str | None = Field(description="Why not all of it was made.")
    counts: dict[JobState, int] = Field(description="How many jobs stand where.")
    ended: int
    percent: int = Field(ge=0, le=100, description="Of its jobs that have ended.")
    job: int | None = Field(description="The number of the job that reads the rows.")
    created_at: Time
    links: dict[str, str]

    @classmethod
    def of(cls, batch: CoreBatch) -> "Batch":
        """As it is shown."""
        here = f"{PREFIX}/batches/{batch.id}"
        return cls(
            id=batch.id,
            number=batch.number,
            name=batch.name,
            state=batch.state,
            pipeline=batch.pipeline,
            strict=batch.strict,
            size=batch.size,
            total=batch.total,
            processed=batch.processed,
            valid=batch.valid,
            invalid=batch.invalid,
            error=batch.error,
            counts=dict(batch.counts),
            ended=batch.ended,
            percent=batch.percent,
            job=batch.job,
            created_at=batch.created_at,
            links={
                "self": here,
                "jobs": f"{PREFIX}/jobs?batch={batch.id}",
                "errors": f"{here}/errors",
            },
        )


class BatchPage(Page[Batch]):
    """A piece of the list of batches, newest first."""


class BatchError(Answer):
    """Why a row became no job."""

    row: int = Field(description="Its number; the first row is 0.")
    field: str | None = Field(description="What of it is wrong; null: the row itself.")
    message: str

    @classmethod
    def of(cls, error: CoreError) -> "BatchError":
        """As it is shown."""
        return cls(row=error.row, field=error.field or None, message=error.message)


class BatchErrorPage(Page[BatchError]):
    """A piece of what is wrong with rows, by row."""
