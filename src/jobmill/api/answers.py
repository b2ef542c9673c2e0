"""What every route declares beside its own answers: the problems it may give."""

from typing import Any

from jobmill.api.schemas.problem import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem"}
_MEANING = {
    400: "The body is not JSON.",
    401: "No API key, or one that is not valid.",
    403: "The key lacks a right.",
    404: "There is no such thing, or none that the caller may see.",
    409: "The present state does not allow this.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    415: "The body is not of a type that can be taken.",
    422: "A field is wrong: `field` names it, `fix` says what to do.",
    429: "Too many; `Retry-After` says when to try again.",
    503: "Something that is needed is not available now.",
}
ALWAYS = (401, 403, 422, 503)
WITH_BODY = (400, 413, 415)


Answers = dict[int | str, dict[str, Any]]


LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when an earlier request with this key made it.",
        "schema": {"type": "string"},
    }
}
VERSION = {"ETag": {"description": "Its version.", "schema": {"type": "string"}}}


def answer(status: int, description: str, *headers: dict[str, Any]) -> Answers:
    """The good answer of a route, with headers of its own."""
    named = {name: header for each in headers for name, header in each.items()}
    return {status: {"description": description, "headers": named}}


def problems(*statuses: int) -> Answers:
    """The problems of a route, for its description."""
    return {
        status: {
            "description": _MEANING[status],
            "content": {MEDIA_TYPE: {"schema": PROBLEM}},
        }
        for status in sorted({*ALWAYS, *statuses})
    }
