"""Programs of pipelines, and the outputs of their jobs, as they are sent and shown."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from jobmill.api.schemas.jobs import JobOwner
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, Time
from jobmill.core.jobs.outputs import JobOutput
from jobmill.core.jobs.service.output import EditView
from jobmill.core.pipelines import Program as CoreProgram
from jobmill.core.pipelines.program import LONGEST_S, MOST_FILES, STANDARD

Pointer = Annotated[str, StringConstraints(min_length=1, max_length=1100)]


class ProgramSpec(Body):
    """Typed input and output of a pipeline's jobs; see the guide on programs."""

    input_schema: JsonObject = Field({}, description="The JSON Schema of a job's input.")
    output_schema: JsonObject = Field({}, description="The JSON Schema of a job's output.")
    ui: JsonObject = Field({}, description="Hints for forms; kept as given.")
    files: list[Pointer] = Field(
        [],
        max_length=MOST_FILES,
        description="JSON pointers to values of the input that name a file (a `data://` path, an "
        "http(s) address, an asset's id). The first is what the job works on; write others as "
        "`task:/pointer`.",
        examples=[["/document_url"]],
    )
    params: dict[str, Pointer] = Field(
        {},
        description="Which values of the input become parameters: `task.parameter` to a JSON "
        "pointer.",
        examples=[{"translate.target": "/language"}],
    )
    answer: str = Field(
        "",
        max_length=200,
        description="The task whose document is the output; not needed if the graph has one end.",
    )
    expires_after_s: float | None = Field(
        None, gt=0, le=LONGEST_S, description="Jobs expire so long after they were made."
    )
    retain_for_s: float | None = Field(
        None, gt=0, le=LONGEST_S, description="Jobs are removed so long after they were made."
    )
    callback_url: str | None = Field(
        None, max_length=2000, description="Where jobs that name no callback tell of their end."
    )
    callback_format: str = Field(STANDARD, max_length=100, description="The form of what is sent.")
    workers: JsonObject = Field(
        {},
        description="Settings of all reviews that do not say their own: `threshold`, `people`, "
        "`agreement`, `claim_seconds`, `time_limit_s`, `on_timeout`, `max_retries`.",
    )

    def program(self) -> CoreProgram:
        """The core's own form."""
        return CoreProgram(**{**self.model_dump(), "files": tuple(self.files)})

    @classmethod
    def of(cls, program: CoreProgram | None) -> "ProgramSpec | None":
        """As it is shown."""
        if program is None:
            return None
        return cls.model_construct(**{**program.as_json(), "files": list(program.files)})


class Output(Answer):
    """The output of a job."""

    document: Any
    confidence: float | None = Field(description="Of the engine, 0 to 1; null for a person's.")
    by: Literal["engine", "person"]
    edited_at: Time | None = Field(description="When somebody put it in the place of another.")

    @classmethod
    def of(cls, output: JobOutput) -> "Output":
        return cls(
            document=output.document,
            confidence=output.confidence,
            by=output.by,
            edited_at=output.edited_at,
        )


class EditOutput(Body):
    """Another output in the place of a job's."""

    document: Any = Field(description="All of it, as the output schema has it.")


class OutputEdit(Answer):
    """An output that somebody put in the place of the one before."""

    number: int
    generation: int = Field(description="The job's generation that it is of.")
    user: JobOwner | None
    document: Any
    at: Time

    @classmethod
    def of(cls, view: EditView) -> "OutputEdit":
        edit, user = view.edit, view.user
        return cls(
            number=edit.number,
            generation=edit.generation,
            user=JobOwner(id=user.id, name=user.name) if user else None,
            document=edit.document,
            at=edit.at,
        )


class OutputEditPage(Page[OutputEdit]):
    """Edits of a job's output, the oldest first."""
