"""The shape of every refusal: RFC 9457."""

from pydantic import Field

from jobmill.api.schemas.shared import Answer

MEDIA_TYPE = "application/problem+json"


class FieldProblem(Answer):
    """What is wrong with one field."""

    field: str
    message: str
    fix: str | None = None


class Problem(Answer):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="Names the kind of problem.", examples=["urn:jobmill:not_found"])
    title: str = Field(description="The kind in a sentence.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What is wrong with this request.")
    code: str = Field(description="Stable; what programs should look at.", examples=["not_found"])
    field: str | None = Field(None, description="The field that is wrong.", examples=["input.path"])
    fix: str | None = Field(None, description="What to do about it.")
    errors: list[FieldProblem] | None = Field(None, description="All fields that are wrong.")
    request_id: str = Field(description="Stands in the server's log too.")
