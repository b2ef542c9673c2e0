"""Watched folders as they are sent and shown."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from jobmill.api.schemas.jobs import Word
from jobmill.api.schemas.resources import PipelineName
from jobmill.api.schemas.shared import Answer, Body, JsonObject, Page, PageQuery, Time
from jobmill.core.watches import TakenFile as CoreTakenFile
from jobmill.core.watches import Watch as CoreWatch
from jobmill.core.watches import WatchRule

FolderPath = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class CreateWatch(Body):
    """A folder to watch, and what its files start: give `pipeline` or `features`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"path": "incoming", "features": ["IN_BLACK"]}]}
    )

    path: FolderPath = Field(description="A folder under a media root.")
    pipeline: PipelineName | None = None
    features: list[Word] = Field([], max_length=100)
    params: JsonObject = Field({}, description="As for a job.")
    pattern: str = Field(
        "*",
        min_length=1,
        max_length=255,
        description="Which names (`*.mp4`); with a `/`, which paths below the folder.",
    )
    recursive: bool = Field(True, strict=True, description="Also folders inside.")
    existing: bool = Field(False, strict=True, description="Also files that lie there already.")
    settle_seconds: float = Field(
        5.0,
        strict=True,
        ge=0.5,
        le=3600,
        description="A file counts when it has not changed for so long.",
    )

    def rule(self) -> WatchRule:
        """The core's own form."""
        return WatchRule(
            path=self.path,
            pipeline=self.pipeline,
            features=tuple(self.features),
            params=self.params,
            pattern=self.pattern,
            recursive=self.recursive,
            existing=self.existing,
            settle_seconds=self.settle_seconds,
        )


class Watch(Answer):
    """A folder that is watched."""

    id: str
    path: str
    pipeline: str | None
    features: list[str]
    params: JsonObject
    pattern: str
    recursive: bool
    existing: bool
    settle_seconds: float
    paused: bool
    error: str | None = Field(description="Why it cannot go on now.")
    created_at: Time

    @classmethod
    def of(cls, watch: CoreWatch) -> "Watch":
        rule = watch.rule
        return cls(
            id=watch.id,
            path=rule.path,
            pipeline=rule.pipeline,
            features=list(rule.features),
            params=dict(rule.params),
            pattern=rule.pattern,
            recursive=rule.recursive,
            existing=rule.existing,
            settle_seconds=rule.settle_seconds,
            paused=watch.paused,
            error=watch.error,
            created_at=watch.created_at,
        )


class WatchPage(Page[Watch]):
    """Watches, newest first."""


class WatchesQuery(PageQuery):
    """Which watches."""


class TakenFile(Answer):
    """A file that a watch took, as it was then."""

    path: str = Field(description="Below the folder.")
    size: int
    job: str | None = Field(description="Null for a file that lay there before the watch.")
    taken_at: Time

    @classmethod
    def of(cls, file: CoreTakenFile) -> "TakenFile":
        return cls(path=file.path, size=file.facts.size, job=file.job, taken_at=file.taken_at)


class TakenFilePage(Page[TakenFile]):
    """Files, the latest first."""


class TakenFilesQuery(PageQuery):
    """Which files."""
