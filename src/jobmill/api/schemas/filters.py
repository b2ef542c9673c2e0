"""Which jobs are meant: the query of a list, the filter of a bulk action."""

from pydantic import Field

from jobmill.api.schemas.described import metadata_filters
from jobmill.api.schemas.shared import Body, GivenTime, PageQuery
from jobmill.core.jobs import JobState
from jobmill.core.jobs.marking import JobKind
from jobmill.core.jobs.service.filters import JobFilter

CORRECT = "Whose output was marked so."
METADATA = "`key:value`: with all of these in its metadata."


class JobsQuery(PageQuery):
    """Which jobs to list."""

    state: list[JobState] = Field(
        [], max_length=20, description="Any of these states; may be repeated."
    )
    status: list[JobState] = Field([], max_length=20, description="The same as `state`.")
    type: list[str] = Field(
        [],
        max_length=20,
        description="`features`, `graph`, `bulk`, `export`, or a pipeline's name.",
    )
    tag: list[str] = Field([], max_length=20, description="With all of these tags.")
    metadata: list[str] = Field([], max_length=20, description=METADATA)
    batch: str | None = Field(None, max_length=40, description="Of this batch, by id or number.")
    correct: bool | None = Field(None, description=CORRECT)
    kind: list[JobKind] = Field([], max_length=3, description="Any of these kinds.")
    created_after: GivenTime | None = Field(None, description="Created then or later.")
    created_before: GivenTime | None = Field(None, description="Created earlier.")

    def filter(self) -> JobFilter:
        """The core's own form."""
        return JobFilter(
            states=tuple(dict.fromkeys([*self.state, *self.status])),
            types=tuple(dict.fromkeys(self.type)),
            tags=tuple(dict.fromkeys(self.tag)),
            metadata=metadata_filters(self.metadata),
            batch=self.batch,
            correct=self.correct,
            kinds=tuple(dict.fromkeys(self.kind)),
            created_after=self.created_after,
            created_before=self.created_before,
        )


class BulkFilter(Body):
    """Which jobs to act upon; without any narrowing, all that the caller may see."""

    state: list[JobState] = Field([], max_length=20, description="Any of these states.")
    type: list[str] = Field([], max_length=20, description="Any of these types.")
    tag: list[str] = Field([], max_length=20, description="With all of these tags.")
    metadata: list[str] = Field([], max_length=20, description=METADATA)
    batch: str | None = Field(None, max_length=40, description="Of this batch, by id or number.")
    correct: bool | None = Field(None, description=CORRECT)
    kind: list[JobKind] = Field([], max_length=3, description="Any of these kinds.")
    created_after: GivenTime | None = Field(None, description="Created then or later.")
    created_before: GivenTime | None = Field(None, description="Created earlier.")

    def filter(self) -> JobFilter:
        """The core's own form."""
        return JobFilter(
            states=tuple(dict.fromkeys(self.state)),
            types=tuple(dict.fromkeys(self.type)),
            tags=tuple(dict.fromkeys(self.tag)),
            metadata=metadata_filters(self.metadata),
            batch=self.batch,
            correct=self.correct,
            kinds=tuple(dict.fromkeys(self.kind)),
            created_after=self.created_after,
            created_before=self.created_before,
        )
