"""Exports as they are asked for and shown."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from jobmill.api.schemas.filters import BulkFilter
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import Answer, Body, Failure, JsonObject, Page, Time
from jobmill.core.exports.formats import ExportFormat
from jobmill.core.exports.model import ExportOutput
from jobmill.core.ids import ItemNumber
from jobmill.core.jobs.service.exports import ExportState, ExportView, JobsExportOptions

Reference = Annotated[str, Field(min_length=1, max_length=40)] | int
_TASK = Field(None, max_length=200, description="Only of the task of this name.")
_ENGINE = Field(None, max_length=200, description="Only of this engine.")
_CATEGORY = Field(None, max_length=200, description="Only of engines of this category.")
_TIME = Field(None, ge=0, le=1e12, description="Milliseconds from the start of the media.")


class FormatSpec(Body):
    """A format, with options of its own."""

    format: ExportFormat
    options: JsonObject = Field(
        {}, description="See the guide on exports; what is not given has the format's default."
    )
    task: str | None = _TASK
    engine: str | None = _ENGINE
    category: str | None = _CATEGORY

    def output(self) -> ExportOutput:
        """The core's own form."""
        return ExportOutput(self.format, self.options, self.task, self.engine, self.category)


class CreateExport(Body):
    """What to turn into files."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"jobs": [12], "formats": ["srt", {"format": "txt", "options": {}}]},
            ]
        }
    )

    jobs: list[Reference] = Field([], max_length=1000, description="Jobs, by id or number.")
    items: list[int] = Field(
        [], max_length=1000, description="Recordings, by number: all jobs that looked at them."
    )
    formats: list[ExportFormat | FormatSpec] = Field(min_length=1, max_length=100)
    start_ms: float | None = _TIME
    end_ms: float | None = _TIME
    include_media: bool = Field(False, description="Also what the jobs worked on; it may be large.")
    name: str | None = Field(None, max_length=200, description="What the archive is called.")

    def outputs(self) -> tuple[ExportOutput, ...]:
        """The core's own form of `formats`."""
        return tuple(
            ExportOutput(each) if isinstance(each, ExportFormat) else each.output()
            for each in self.formats
        )

    def item_numbers(self) -> list[ItemNumber]:
        """The items, as numbers that a database can hold."""
        return [ItemNumber(min(each, 2**62)) for each in self.items]


class ExportJobs(Body):
    """Of which jobs to write all information."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"filter": {"batch": "7"}, "history": True}]}
    )

    filter: BulkFilter = Field(description="Which jobs; `{}` means all.")
    results: bool = Field(False, description="Also what each engine found.")
    history: bool = Field(False, description="Also what happened to each job.")
    name: str | None = Field(None, max_length=200, description="What the archive is called.")

    def options(self) -> JobsExportOptions:
        """The core's own form."""
        return JobsExportOptions(self.results, self.history, self.name)


class ExportedFile(Answer):
    """A file of results in the archive."""

    name: str
    format: ExportFormat
    job: str | None = Field(description="Null for a document that was put into a recording.")
    task: str | None
    feature: str | None
    engine: str | None
    size: int


class ExportedMedia(Answer):
    """A media file in the archive."""

    name: str
    asset: str
    size: int


class Export(Answer):
    """Results turned into files, in one zip archive."""

    id: str = Field(description="Also the id of the job that makes it.")
    number: int
    name: str | None
    state: ExportState
    reason: Failure | None = Field(description="Why it failed.")
    include_media: bool
    formats: list[ExportFormat]
    files: list[ExportedFile]
    media: list[ExportedMedia]
    problems: list[str] = Field(description="What of it could not be had.")
    jobs: int | None = Field(description="Of an export of jobs: how many are in it.")
    asset: str | None = Field(description="The archive, when it is complete.")
    size: int | None
    url: str | None = Field(description="Downloads the archive without a key, for a time.")
    url_expires_at: Time | None
    created_at: Time
    ended_at: Time | None
    links: dict[str, str]

    @classmethod
    def of(cls, view: ExportView, url: str | None, expires_at: datetime | None) -> "Export":
        job, spec, document = view.graph.job, view.export.spec, view.document
        failed = view.state is ExportState.FAILED
        complete = view.state is ExportState.COMPLETE and view.asset is not None
        return cls(
            id=job.id,
            number=job.number,
            name=spec.name,
            state=view.state,
            reason=Failure.of(job.reason) if failed else None,
            include_media=spec.include_media,
            formats=list(dict.fromkeys(output.format for output in spec.outputs)),
            files=[ExportedFile(**each) for each in _listed(document, "files")],
            media=[ExportedMedia(**each) for each in _listed(document, "media")],
            problems=list(document.get("problems", [])),
            jobs=document.get("jobs"),
            asset=view.asset.handle if complete and view.asset else None,
            size=document.get("size"),
            url=url,
            url_expires_at=expires_at if url else None,
            created_at=job.created_at,
            ended_at=job.ended_at,
            links={
                "self": f"{PREFIX}/exports/{job.id}",
                "job": f"{PREFIX}/jobs/{job.id}",
            },
        )


class ExportPage(Page[Export]):
    """A piece of the list of exports, newest first."""


class FileOptions(Body):
    """How one file is laid out; what is not given has the format's default."""

    task: str | None = _TASK
    max_characters_per_line: int | None = None
    newline_on_punctuation: bool | None = None
    time_gap_to_separate_paragraph_ms: int | None = None
    lines_per_screen: int | None = None
    time_gap_to_separate_screen_ms: int | None = None
    with_speaker_data: bool | None = None
    frames_per_second: int | None = None
    file_extension: str | None = None

    def output(self, format: ExportFormat) -> ExportOutput:  # noqa: A002
        """The core's own form."""
        options = self.model_dump(exclude_none=True, exclude={"task"})
        return ExportOutput(format, options, self.task)


def _listed(document: Any, name: str) -> list[dict[str, Any]]:
    return list(document.get(name, []))
