"""Jobs as they are asked for and as they are shown."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from jobmill.api.schemas.described import Described
from jobmill.api.schemas.progress import Progress, job_progress
from jobmill.api.schemas.shared import (
    Answer,
    Body,
    Failure,
    GivenTime,
    JobWarning,
    JsonObject,
    Page,
    Time,
    WaitReason,
)
from jobmill.api.schemas.sharing import Collaborators
from jobmill.api.schemas.webhooks import (
    GivenCallback,
    JobCallback,
)
from jobmill.core.jobs import JobState
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.model import DEFAULT_PRIORITY, PRIORITIES
from jobmill.core.jobs.service import JobInput, JobView, SubmitJob
from jobmill.core.pipelines import Agreement, OnTimeout
from jobmill.core.pipelines.review_spec import (
    CLAIM_SECONDS,
    LEAST_CLAIM_SECONDS,
    LEAST_LIMIT_SECONDS,
    MAX_RETRIES,
    MOST_CLAIM_SECONDS,
    MOST_LIMIT_SECONDS,
    MOST_PEOPLE,
    MOST_RETRIES,
    QUESTION_LIMIT,
)

PREFIX = "/api/v1"
MAX_RETAIN_DAYS = 36_500
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TaskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$")]


class InputSpec(Body):
    """What to work on: exactly one of these."""

    path: str | None = Field(None, description="A file under a media root.", examples=["talk.mp4"])
    url: str | None = Field(None, description="An http or https address; fetched once, guarded.")
    asset: str | None = Field(None, description="The id of an uploaded asset.")
    json_: Any = Field(None, alias="json", description="Any JSON value but null, as a file.")


class ReviewSpec(Body):
    """A question to people about the document that a task reads."""

    step: TaskName = Field(description="The role of those who may answer.")
    threshold: float = Field(
        1.0, description="1 asks always, 0 never; between them: when its confidence is below."
    )
    people: int = Field(1, ge=1, le=MOST_PEOPLE, description="How many people must answer.")
    agreement: Agreement = Field(
        Agreement.SECOND,
        description="`first`: whoever answers first; `second`: one after the other, each sees what "
        "was made of it; `consensus`: apart, until most agree.",
    )
    claim_seconds: int = Field(
        CLAIM_SECONDS,
        ge=LEAST_CLAIM_SECONDS,
        le=MOST_CLAIM_SECONDS,
        description="How long one person holds it.",
    )
    question: str = Field("", max_length=QUESTION_LIMIT, description="What people are asked.")
    form: JsonObject | None = Field(None, description="The JSON Schema of an edited document.")
    time_limit_s: int | None = Field(
        None,
        ge=LEAST_LIMIT_SECONDS,
        le=MOST_LIMIT_SECONDS,
        description="Without an answer for so long, `on_timeout` happens.",
    )
    on_timeout: OnTimeout = Field(
        OnTimeout.RETRY,
        description="`retry`: anybody is asked anew; `reassign`: all but who let it pass; `fail`: "
        "the job fails.",
    )
    max_retries: int = Field(
        MAX_RETRIES, ge=0, le=MOST_RETRIES, description="How often it is asked anew."
    )

    @model_serializer(mode="wrap")
    def said(self, write: SerializerFunctionWrapHandler) -> JsonObject:
        """What was given alone: a program may say the rest."""
        every: JsonObject = write(self)
        return {key: value for key, value in every.items() if key in self.model_fields_set}


class TaskSpec(Body):
    """One task of an explicit graph: an engine, features of one engine, or a review."""

    name: TaskName | None = Field(None, description="Unique in the job; the engine's id if absent.")
    engine: Word | None = Field(None, description="The engine's id; not needed with features.")
    features: list[Word] = Field([], max_length=100)
    params: JsonObject = Field({}, description="Checked against the engine's schema.")
    max_retries: int = Field(0, ge=0, le=100, description="Further tries when the engine fails.")
    max_engines: int = Field(
        1, ge=1, le=64, description="How many engines work on its chunks at once, if it has any."
    )
    wait_for_parents: bool = Field(
        False, description="Begin when all tasks before it are done, not with their first part."
    )
    priority: int | None = Field(
        None, ge=PRIORITIES.start, le=PRIORITIES.stop - 1, description="The job's if absent."
    )
    pool: Word | None = Field(None, description="The workers it is for; the engine's if absent.")
    input: InputSpec | None = Field(None, description="What it works on instead of the job's.")
    review: ReviewSpec | None = Field(None, description="Ask people, instead of an engine.")


class RouteSpec(Body):
    """An output port joined to an input port: `task` or `task.port` (ports `out` and `in`)."""

    from_: Word = Field(alias="from", examples=["split.out"])
    to: Word = Field(examples=["transcribe.in"])
    mode: Literal["stream", "chunk"] | None = Field(
        None,
        description="`stream`: its parts are pieces of one whole; `chunk`: each stands alone. "
        "Absent: chunks, and what a task leaves at its end is read as a whole.",
    )


class CreateJob(Described):
    """A request for work: give exactly one of `features`, `pipeline` and `tasks`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"features": ["AUDIO_FORMAT"], "input": {"path": "talk.mp4"}},
                {"tasks": [{"name": "a", "engine": "noop"}], "input": {"json": {"n": 1}}},
            ]
        }
    )

    input: InputSpec
    features: list[Word] = Field([], max_length=100, description="See `GET /api/v1/features`.")
    pipeline: Word | None = Field(None, description="The name of a pipeline.")
    tasks: list[TaskSpec] = Field([], max_length=200)
    routes: list[RouteSpec] = Field([], max_length=1000)
    pool: Word | None = Field(None, description="The pool of tasks that name none.")
    params: JsonObject = Field(
        {},
        description="By feature (or, for a pipeline of tasks, by task): its parameters. "
        "`segments` restricts the work to spans of the input.",
    )
    priority: int = Field(
        DEFAULT_PRIORITY,
        ge=PRIORITIES.start,
        le=PRIORITIES.stop - 1,
        description="Lower runs first.",
    )
    origin: str = Field("api", max_length=200, description="Who asks; shown, never read.")
    retain_days: float | None = Field(
        None, gt=0, le=MAX_RETAIN_DAYS, description="Remove the job after so many days."
    )
    retain_until: GivenTime | None = Field(None, description="Or remove it at that time.")
    people: Literal["asked", "none"] = Field(
        "asked", description="`none`: every review is passed, whatever its threshold."
    )
    kind: Literal["default", "onboarding"] = Field(
        "default", description="`onboarding`: one of a person's first tries."
    )
    callback: GivenCallback | None = Field(
        None, description="Where to tell of this job's end, or of the events that are named."
    )

    collaborators: Collaborators = Field([], description="With whom to share the job.")

    def command(self, idempotency_key: str | None) -> SubmitJob:
        """The core's own form."""
        given = self.input
        return SubmitJob(
            input=JobInput(given.path, given.url, given.asset, given.json_),
            features=tuple(self.features),
            pipeline=self.pipeline,
            tasks=tuple(task.model_dump(exclude_none=True, by_alias=True) for task in self.tasks),
            routes=tuple(
                route.model_dump(exclude_none=True, by_alias=True) for route in self.routes
            ),
            params=self.params,
            pool=self.pool,
            priority=self.priority,
            origin=self.origin,
            retain_for=None if self.retain_days is None else timedelta(days=self.retain_days),
            retain_until=self.retain_until,
            idempotency_key=idempotency_key,
            **self.said(),
            collaborators=tuple(each.asked() for each in self.collaborators),
            callback=None if self.callback is None else self.callback.spec(),
            skip_people=self.people == "none",
            kind=JobKind(self.kind),
        )


class JobLinks(Answer):
    """Where its parts are."""

    self: str
    tasks: str
    attempts: str
    results: str
    events: str
    collaborators: str


class JobOwner(Answer):
    """Who submitted a job; a removed user's name stays."""

    id: str
    name: str


class Job(Answer):
    """One run of features, of a pipeline, or of an explicit graph."""

    id: str = Field(examples=["019b0e5c-6a2e-7c3f-9d55-0d3b1c2f4a6e"])
    number: int = Field(description="Small and rising; `GET /jobs/{number}` works too.")
    state: JobState
    owner: JobOwner | None
    type: str = Field(description="`features`, `graph`, or the pipeline's name.")
    features: list[str]
    pipeline: str | None
    params: JsonObject
    input: JsonObject
    name: str | None
    tags: list[str]
    metadata: JsonObject
    batch: int | None = Field(description="The number of its batch.")
    kind: JobKind = Field(description="What it is for.")
    correct: bool | None = Field(description="Whether its output was found right.")
    truth: int | None = Field(
        description="For admins: the number of the ground truth that a calibration was drawn from."
    )
    origin: str
    priority: int
    due: Time | None
    expires_at: Time | None
    generation: int = Field(description="Rises with each retry, restart or rewind.")
    progress: Progress
    wait_reason: WaitReason | None
    warnings: list[JobWarning]
    reason: Failure | None = Field(description="Why it failed or was cancelled.")
    created_at: Time
    updated_at: Time
    started_at: Time | None
    ended_at: Time | None
    retain_until: Time | None
    callback: JobCallback | None
    links: JobLinks

    @classmethod
    def of(cls, view: JobView) -> "Job":
        """As it is shown."""
        job, owner = view.graph.job, view.owner
        return cls(
            id=job.id,
            number=job.number,
            state=job.state,
            owner=JobOwner(id=owner.id, name=owner.name) if owner else None,
            type=job.type,
            features=list(job.features),
            pipeline=job.pipeline,
            params=dict(job.params),
            input=dict(job.input),
            name=job.name,
            tags=list(job.tags),
            metadata=dict(job.metadata),
            batch=job.batch,
            kind=view.mark.kind,
            correct=view.mark.correct,
            truth=view.mark.truth,
            origin=job.origin,
            priority=job.priority,
            due=job.due,
            expires_at=job.expires_at,
            generation=job.generation,
            progress=job_progress(view),
            wait_reason=WaitReason.of(view.wait_reason),
            warnings=[JobWarning.of(warning) for warning in job.warnings],
            reason=Failure.of(job.reason),
            created_at=job.created_at,
            updated_at=job.updated_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            retain_until=job.retain_until,
            callback=JobCallback.of(job),
            links=_links(job.id),
        )


class JobPage(Page[Job]):
    """A piece of the list of jobs, newest first."""


def _links(job: str) -> JobLinks:
    here = f"{PREFIX}/jobs/{job}"
    return JobLinks(
        self=here,
        tasks=f"{here}/tasks",
        attempts=f"{here}/attempts",
        results=f"{here}/results",
        events=f"{here}/events",
        collaborators=f"{here}/collaborators",
    )
