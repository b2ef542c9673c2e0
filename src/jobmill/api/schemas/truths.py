"""Ground truth and calibrations as they are asked for and shown."""

from typing import Any

from pydantic import ConfigDict, Field

from jobmill.api.schemas.jobs import PREFIX, InputSpec, Word
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, PageQuery, Time
from jobmill.api.schemas.sharing import Collaborators
from jobmill.core.jobs.service import JobInput
from jobmill.core.jobs.service.labels import TAG_CAP
from jobmill.core.jobs.service.truths import Calibration, TruthChanges
from jobmill.core.jobs.service.truths.calibrating import MOST
from jobmill.core.truths import GroundTruth as CoreTruth
from jobmill.core.truths import TruthKind, TruthState

LABEL = "The right output for the input: any JSON value but null."


class CreateGroundTruth(Body):
    """What is right: for an `input` of a `pipeline`, or for that of a `job`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pipeline": "animals",
                    "input": {"json": {"picture": "data://pictures/a.jpg"}},
                    "label": {"label": "cat"},
                },
                {"job": "019b0e5c-6a2e-7c3f-9d55-0d3b1c2f4a6e", "tag": "checked"},
            ]
        }
    )

    pipeline: Word | None = Field(None, description="The name of a pipeline.")
    input: InputSpec | None = Field(None, description="As a job of the pipeline gets it.")
    label: Any = Field(None, description=f"{LABEL} With `job`: its output, if absent.")
    job: str | None = Field(None, max_length=40, description="Id or number of a completed job.")
    tag: str | None = Field(None, max_length=TAG_CAP)
    metadata: JsonObject = Field({})


class EditGroundTruth(Body):
    """What to change; what is not given stays."""

    input: InputSpec | None = None
    label: Any = Field(None, description=LABEL)
    tag: str | None = Field(None, max_length=TAG_CAP, description="Null takes it away.")
    metadata: JsonObject | None = None

    def changes(self) -> TruthChanges:
        """The core's own form."""
        given = None if self.input is None else job_input(self.input)
        tag = (self.tag or "") if "tag" in self.model_fields_set else None
        return TruthChanges(given, self.label, tag, self.metadata)


class GroundTruth(Answer):
    """A known right answer to an input of a pipeline."""

    id: str
    number: int
    pipeline: str
    input: JsonObject
    label: Any
    kind: TruthKind = Field(description="Whose word it is.")
    state: TruthState
    tag: str | None
    metadata: JsonObject
    used: int = Field(description="How many calibrations were drawn from it.")
    job: int | None = Field(description="The number of the job that it was made from.")
    created_at: Time
    updated_at: Time
    links: dict[str, str]

    @classmethod
    def of(cls, truth: CoreTruth) -> "GroundTruth":
        links = {"self": f"{PREFIX}/ground-truths/{truth.id}"}
        if truth.job is not None:
            links["job"] = f"{PREFIX}/jobs/{truth.job}"
        return cls(
            id=truth.id,
            number=truth.number,
            pipeline=truth.pipeline,
            input=dict(truth.input),
            label=truth.label,
            kind=truth.kind,
            state=truth.state,
            tag=truth.tag,
            metadata=dict(truth.metadata),
            used=truth.used,
            job=truth.job,
            created_at=truth.created_at,
            updated_at=truth.updated_at,
            links=links,
        )


class GroundTruthPage(Page[GroundTruth]):
    """Ground truth, newest first."""


class GroundTruthsQuery(PageQuery):
    """Which ground truth to list."""

    pipeline: Word | None = Field(None, description="Of this pipeline.")
    tag: str | None = Field(None, max_length=TAG_CAP, description="With this tag.")
    state: TruthState = Field(TruthState.ACTIVE, description="Active, or deleted.")


class Calibrate(Body):
    """How many jobs to draw from a pipeline's ground truth."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 20}]})

    count: int = Field(ge=1, le=MOST)
    tag: str | None = Field(None, max_length=TAG_CAP, description="From those of this tag.")
    collaborators: Collaborators | None = Field(
        None, description="With whom to share the jobs; as the pipeline's last job is, if absent."
    )


class DrawnJob(Answer):
    """A calibration, and what it was drawn from."""

    id: str
    number: int
    truth: int = Field(description="The number of the ground truth.")
    links: dict[str, str]

    @classmethod
    def of(cls, drawn: Calibration) -> "DrawnJob":
        job = drawn.graph.job
        links = {
            "self": f"{PREFIX}/jobs/{job.id}",
            "truth": f"{PREFIX}/ground-truths/{drawn.truth.id}",
        }
        return cls(id=job.id, number=job.number, truth=drawn.truth.number, links=links)


class Calibrations(Answer):
    """The jobs that were drawn."""

    jobs: list[DrawnJob]


def job_input(given: InputSpec) -> JobInput:
    """The core's own form."""
    return JobInput(given.path, given.url, given.asset, given.json_)
