"""What several resources share: strict bodies, times, pages, failures and warnings."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from jobmill.core.engines import FailureClass
from jobmill.core.jobs.model import Failure as CoreFailure
from jobmill.core.jobs.waiting import WaitReason as CoreWaitReason
from jobmill.core.results import ResultWarning
from jobmill.http.paging import DEFAULT_LIMIT, MAX_LIMIT

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
T = TypeVar("T")


def rfc3339(at: datetime) -> str:
    """A time as every answer shows it: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _strict_time(value: object) -> object:
    if isinstance(value, str) and not _RFC3339.fullmatch(value):
        raise PydanticCustomError("time", "give a time such as 2026-01-31T12:00:00Z (RFC 3339)")
    return value


Time = Annotated[
    datetime, PlainSerializer(rfc3339), Field(examples=["2026-01-31T12:00:00.000000Z"])
]
GivenTime = Annotated[datetime, BeforeValidator(_strict_time)]
JsonObject = dict[str, Any]


class Body(BaseModel):
    """What a caller sends: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a caller gets. New fields may be added in any version."""

    model_config = ConfigDict(ser_json_inf_nan="null")


class Page(Answer, Generic[T]):
    """A piece of a list."""

    items: list[T]
    next: str | None = Field(description="Give it as `cursor` to get what follows; null at the end")


class PageQuery(Body):
    """Which piece of a list."""

    cursor: str | None = Field(None, description="The `next` of the page before.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items on a page.")


class WaitReason(Answer):
    """Why something does not run now."""

    code: str = Field(
        description="`parents`, `parts`, `retry_at`, `no_worker`, `engine_missing`, `limit`, "
        "`capacity`, `pool_paused`, `paused`, `parked`, `cancelling` or `review`.",
        examples=["no_worker"],
    )
    message: str

    @classmethod
    def of(cls, reason: CoreWaitReason | None) -> "WaitReason | None":
        return None if reason is None else cls(code=reason.code, message=reason.message)


class Failure(Answer):
    """Why something ended badly."""

    code: str = Field(examples=["not_media"])
    message: str
    task: str | None = Field(description="The task whose failure it was.")
    kind: FailureClass = Field(description="Whose fault it is; decides whether a retry can help.")

    @classmethod
    def of(cls, failure: CoreFailure | None) -> "Failure | None":
        if failure is None:
            return None
        return cls(
            code=failure.code, message=failure.message, task=failure.task, kind=failure.failure
        )


class JobWarning(Answer):
    """Something to know although the job completed."""

    code: str
    message: str
    feature: str | None
    task: str | None

    @classmethod
    def of(cls, warning: ResultWarning) -> "JobWarning":
        return cls(
            code=warning.code, message=warning.message, feature=warning.feature, task=warning.task
        )
