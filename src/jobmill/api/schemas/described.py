"""What people say of a job: name, tags, metadata, times; in requests, changes and filters."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from jobmill.api.schemas.shared import Body, GivenTime, JsonObject
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.model import PRIORITIES

Tag = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Tags = Annotated[list[Tag], Field(max_length=50)]
Priority = Annotated[int, Field(ge=PRIORITIES.start, le=PRIORITIES.stop - 1)]
METADATA = "A JSON object of your own, 16 kB at most; jobs can be listed by its plain values."


class Described(Body):
    """What can be said of a job when it is created."""

    name: str | None = Field(None, max_length=200, description="What you call it; for search.")
    tags: Tags = Field([], description="Words of yours; jobs can be listed by them.")
    metadata: JsonObject = Field({}, description=METADATA)
    due: GivenTime | None = Field(
        None, description="Orders work of equal priority, the earliest first; never ends a job."
    )
    expires_at: GivenTime | None = Field(
        None, description="A job that has not ended then is stopped, and `expired`."
    )
    parked: bool = Field(False, description="Put it aside; it is queued when it is unparked.")

    def said(self) -> dict[str, Any]:
        """As the core takes it."""
        return {
            "name": self.name,
            "tags": tuple(self.tags),
            "metadata": self.metadata,
            "due": self.due,
            "expires_at": self.expires_at,
            "parked": self.parked,
        }


class EditJob(Body):
    """What to change of a job; what is not given stays, null clears."""

    name: str | None = Field(None, max_length=200)
    tags: Tags | None = Field(None, description="All tags anew.")
    add_tags: Tags = Field([], description="Tags to add.")
    remove_tags: Tags = Field([], description="Tags to remove.")
    metadata: JsonObject | None = Field(
        None, description="Merged into what there is; a key with null goes."
    )
    priority: Priority | None = Field(None, description="Lower runs first; for what waits.")
    due: GivenTime | None = Field(None, description="Orders work of equal priority.")
    expires_at: GivenTime | None = Field(None, description="Stopped then; null: never.")
    retain_until: GivenTime | None = Field(None, description="Removed then; null: never.")

    def changes(self) -> dict[str, Any]:
        """Only what was given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def metadata_filters(given: list[str]) -> tuple[tuple[str, str], ...]:
    """`key:value` words as pairs. Raises InvalidInput."""
    pairs = []
    for word in dict.fromkeys(given):
        name, colon, value = word.partition(":")
        if not colon or not name:
            raise InvalidInput(f"metadata: write key:value, not {word!r}.", field="metadata")
        pairs.append((name, value))
    return tuple(pairs)
