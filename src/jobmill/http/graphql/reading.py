"""The forms in which a GraphQL request comes: JSON under any usual type, or a form with a file.

Forms: a plain one (fields `query`, `variables`, one file) and the GraphQL multipart request
specification (`operations`, `map`, one file).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, MalformedBody, TooLarge, UnsupportedBody
from jobmill.http.graphql.uploads import Upload
from jobmill.http.house import House
from jobmill.http.limits import chunks_of, parse_json, read_body
from jobmill.http.multipart import FileForm, FormReader, is_form

QUERY_CAP = 2 * 2**20
JSON_TYPES = {"", "application/json", "text/plain", "application/graphql+json"}
PLAIN = "application/graphql"


@dataclass(slots=True)
class Asked:
    """A request, read. The file is stored, and belongs to nobody yet."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation: str | None = None
    upload: Upload | None = None


def comes_as_form(request: Request) -> bool:
    """Whether the request is a form."""
    return is_form(request.headers.get("content-type", ""))


async def read_query(request: Request) -> Asked:
    """A request without a file. Raises UnsupportedBody, MalformedBody, TooLarge."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, QUERY_CAP)
    if kind == PLAIN:
        return Asked(_text(body))
    if kind not in JSON_TYPES and not kind.endswith("+json"):
        raise UnsupportedBody(
            f"Content-Type: {kind!r} is not taken here; send application/json or "
            "multipart/form-data.",
            field="Content-Type",
        )
    return asked_from(parse_json(body))


def asked_from(body: Any) -> Asked:
    """A request from its JSON. Raises MalformedBody."""
    if not isinstance(body, dict):
        raise MalformedBody('Send one JSON object: {"query": "…", "variables": {…}}.')
    query = body.get("query")
    if not isinstance(query, str) or not query.strip():
        raise MalformedBody("query: write the GraphQL text into this field.", field="query")
    name = body.get("operationName")
    if name is not None and not isinstance(name, str):
        raise MalformedBody("operationName: give a name or null.", field="operationName")
    return Asked(query, _variables(body.get("variables")), name or None)


async def read_form(request: Request, house: House, who: Principal) -> Asked:
    """A form; its file, if it has one, is stored for the caller's organization on the way."""
    cap = house.settings.max_upload
    reader = FormReader(
        request.headers["content-type"],
        chunks_of(request, cap + QUERY_CAP),
        field_limit=QUERY_CAP,
        needs_file=False,
    )
    pieces = reader.pieces()
    upload = None
    async for first in pieces:
        stored = await house.blobs.put(who.organization, _rejoined(first, pieces), cap)
        upload = Upload(stored, reader.form.file_name, reader.form.media_type)
        break
    if upload is None and reader.form.has_file:
        stored = await house.blobs.put(who.organization, _nothing(), cap)
        upload = Upload(stored, reader.form.file_name, reader.form.media_type)
    return _asked_in_form(reader.form, upload)


def _asked_in_form(form: FileForm, upload: Upload | None) -> Asked:
    fields = form.fields
    if "operations" in fields:
        asked = asked_from(_json(fields["operations"], "operations"))
        for places in _map(fields.get("map", "{}")):
            for place in places:
                _put(asked.variables, place, upload)
        asked.upload = upload
        return asked
    if "query" not in fields:
        raise MalformedBody("query: the form has no field of this name.", field="query")
    variables = _variables(fields.get("variables") or None)
    if upload is not None and fields.get("filename"):
        upload.name = fields["filename"]
    return Asked(fields["query"], variables, fields.get("operationName") or None, upload)


def _map(text: str) -> list[list[str]]:
    given = _json(text, "map")
    if not isinstance(given, dict) or not all(isinstance(each, list) for each in given.values()):
        raise MalformedBody('map: give an object such as {"0": ["variables.file"]}.', field="map")
    return list(given.values())


def _put(variables: dict[str, Any], place: str, upload: Upload | None) -> None:
    """Put the file where the form says: `variables.input.file`."""
    words = str(place).split(".")
    if words[0] != "variables" or len(words) < 2 or upload is None:
        raise InvalidInput(f"map: {place!r} is no place among the variables.", field="map")
    at: Any = variables
    for word in words[1:-1]:
        at = at[int(word)] if isinstance(at, list) and word.isdecimal() else _inside(at, word)
    if isinstance(at, list) and words[-1].isdecimal() and int(words[-1]) < len(at):
        at[int(words[-1])] = upload
    elif isinstance(at, dict):
        at[words[-1]] = upload
    else:
        raise InvalidInput(f"map: {place!r} is no place among the variables.", field="map")


def _inside(at: Any, word: str) -> Any:
    if not isinstance(at, dict) or word not in at:
        raise InvalidInput(f"map: the variables have no {word!r}.", field="map")
    return at[word]


def _variables(given: Any) -> dict[str, Any]:
    """An object, the same as text, or nothing."""
    if isinstance(given, str):
        given = _json(given, "variables") if given.strip() else None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise MalformedBody("variables: give an object.", field="variables")
    return given


def _json(text: str, name: str) -> Any:
    if len(text) > QUERY_CAP:
        raise TooLarge(f"{name}: more than {QUERY_CAP} characters.")
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"))
    except MalformedBody as error:
        raise MalformedBody(f"{name}: {error.message}", field=name) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.") from None


async def _rejoined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
