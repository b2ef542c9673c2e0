"""Tasks, attempts, logs, parts, results and events as they are shown."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.progress import Progress, task_progress
from jobmill.api.schemas.shared import (
    Answer,
    Failure,
    JobWarning,
    JsonObject,
    Page,
    Time,
    WaitReason,
)
from jobmill.core.events import Event as CoreEvent
from jobmill.core.jobs import TaskState
from jobmill.core.jobs.model import Attempt as CoreAttempt
from jobmill.core.jobs.model import LogLine as CoreLogLine
from jobmill.core.jobs.model import Part as CorePart
from jobmill.core.jobs.service import ChunkFinding, JobView
from jobmill.core.pipelines import Mode
from jobmill.core.results import Provenance as CoreProvenance
from jobmill.core.results import Result as CoreResult


class Task(Answer):
    """One node of a job's graph."""

    id: str
    name: str
    engine: str
    pool: str
    mode: Mode = Field(description="Whether it works on all at once, as it comes, or by chunks.")
    max_engines: int = Field(description="How many engines may work on its chunks at once.")
    state: TaskState
    features: list[str]
    parameters: JsonObject
    required: bool = Field(description="If not, its failure is but a warning beside a success.")
    priority: int
    generation: int
    attempt: int = Field(description="The attempt of this generation.")
    attempts: int = Field(description="All attempts so far.")
    max_retries: int
    worker: str | None
    parents: list[str] = Field(description="Names of the tasks that feed this one.")
    progress: Progress
    wait_reason: WaitReason | None
    warnings: list[JobWarning]
    failure: Failure | None
    review: JsonObject | None = Field(description="What it asks people; null for work of engines.")
    retry_at: Time | None
    ready_at: Time | None
    started_at: Time | None
    ended_at: Time | None


class TaskPage(Page[Task]):
    """The tasks of a job."""


def tasks_of(view: JobView, attempts: Mapping[str, int]) -> Iterator[Task]:
    """A job's tasks with why they wait and how often they were tried."""
    for task in view.graph.tasks:
        yield Task(
            id=task.id,
            name=task.name,
            engine=task.engine,
            pool=task.pool,
            mode=task.mode,
            max_engines=len(view.graph.lanes_of(task.name)),
            state=task.state,
            features=list(task.features),
            parameters=dict(task.parameters),
            required=task.required,
            priority=task.priority,
            generation=task.generation,
            attempt=task.attempt,
            attempts=attempts.get(task.name, 0),
            max_retries=task.max_retries,
            worker=task.worker,
            parents=sorted(view.graph.parents(task.name)),
            progress=task_progress(view, task),
            wait_reason=WaitReason.of(view.waiting.get(task.name)),
            warnings=[JobWarning.of(warning) for warning in task.warnings],
            failure=Failure.of(task.failure),
            review=None if task.review is None else task.review.as_json(),
            retry_at=task.retry_at,
            ready_at=task.ready_at,
            started_at=task.started_at,
            ended_at=task.ended_at,
        )


class Attempt(Answer):
    """One try at a task."""

    id: str
    task: str
    attempt: int
    generation: int
    state: str = Field(description="`running`, `done`, `failed`, `cancelled` or `lost`.")
    worker: str
    failure: Failure | None
    claimed_at: Time
    started_at: Time | None = Field(description="When the engine began.")
    ended_at: Time | None
    log: str = Field(description="Where its log is.")

    @classmethod
    def of(cls, attempt: CoreAttempt) -> "Attempt":
        return cls(
            id=attempt.id,
            task=attempt.task,
            attempt=attempt.attempt,
            generation=attempt.generation,
            state=attempt.state,
            worker=attempt.worker,
            failure=Failure.of(attempt.failure),
            claimed_at=attempt.claimed_at,
            started_at=attempt.started_at,
            ended_at=attempt.ended_at,
            log=f"{PREFIX}/attempts/{attempt.id}/log",
        )


class AttemptPage(Page[Attempt]):
    """The attempts of a job, oldest first."""


class LogLine(Answer):
    """A line that an engine logged or printed."""

    number: int = Field(description="Its place; as `after` it gives what follows.")
    at: Time
    level: str
    text: str

    @classmethod
    def of(cls, number: int, line: CoreLogLine) -> "LogLine":
        return cls(number=number, at=line.at, level=line.level, text=line.text)


class LogPage(Page[LogLine]):
    """A piece of an attempt's log, oldest first."""


class Part(Answer):
    """A piece of what a task wrote through a port: a file, or a document."""

    port: str
    number: int
    size: int
    sha256: str | None = Field(description="Null for a small document, and for an empty part.")
    media_type: str
    meta: JsonObject = Field(description="What is known about it, such as `start_ms`.")
    empty: bool = Field(description="There was nothing for this number.")
    content: str = Field(description="Where its bytes are.")

    @classmethod
    def of(cls, job: str, task: str, part: CorePart) -> "Part":
        where = f"{quote(task, safe='')}/parts/{quote(part.port, safe='')}/{part.number}"
        return cls(
            port=part.port,
            number=part.number,
            size=part.size,
            sha256=part.sha256,
            media_type=part.media_type,
            meta=dict(part.meta),
            empty=part.empty,
            content=f"{PREFIX}/jobs/{job}/tasks/{where}",
        )


class PartPage(Page[Part]):
    """The files that a task wrote."""


class Provenance(Answer):
    """Which engine said so, run how, on what."""

    engine: str
    version: str = Field(description="Empty where it is not known: of a chunk.")
    parameters: JsonObject
    input_sha256: str | None

    @classmethod
    def of(cls, source: CoreProvenance) -> "Provenance":
        return cls(
            engine=source.engine,
            version=source.version,
            parameters=dict(source.parameters),
            input_sha256=source.input_sha256,
        )


class ChunkOf(Answer):
    """A chunk in which something was found."""

    number: int = Field(description="Its place among the chunks, from 0.")
    meta: JsonObject = Field(
        description="What is known about it, such as `start_ms`, from which times in the document "
        "count, and `own_start_ms` to `own_end_ms`, for which it answers."
    )


class Result(Answer):
    """What an engine found: of a feature, or (feature null) of a whole task or one chunk of it.

    A feature's document holds `spans` (`start_ms`, `end_ms`, `label` and more) and a `summary`.
    """

    task: str
    feature: str | None
    document: JsonObject
    media: JsonObject = Field(description="Facts about the input.")
    provenance: Provenance
    chunk: ChunkOf | None = Field(description="Null when it is of the whole.")

    @classmethod
    def of(cls, result: CoreResult) -> "Result":
        return cls(
            task=result.task,
            feature=result.feature,
            document=dict(result.document),
            media=dict(result.media),
            provenance=Provenance.of(result.provenance),
            chunk=None,
        )

    @classmethod
    def of_chunk(cls, found: ChunkFinding, document: Mapping[str, Any]) -> "Result":
        return cls(
            task=found.task,
            feature=found.feature,
            document=dict(document),
            media={},
            provenance=Provenance.of(found.provenance),
            chunk=ChunkOf(number=found.part.number, meta=dict(found.part.meta)),
        )


class ResultPage(Page[Result]):
    """What a job's engines have found so far."""


class Event(Answer):
    """Something that happened to a job."""

    number: int = Field(description="Rises by commit: the stream's position.")
    type: str = Field(examples=["job.completed"])
    at: Time
    task: str | None
    data: JsonObject

    @classmethod
    def of(cls, event: CoreEvent) -> "Event":
        return cls(
            number=event.number,
            type=event.type.value,
            at=event.at,
            task=event.task,
            data=dict(event.data),
        )


class EventPage(Page[Event]):
    """A piece of a job's events, oldest first."""
