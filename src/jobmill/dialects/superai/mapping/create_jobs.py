"""From the body of `POST apps/{app}/jobs` to the core's requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jobmill.core.errors import JobmillError
from jobmill.core.items import is_data_path
from jobmill.core.jobs.batches.ingest import RowJobs
from jobmill.core.jobs.service import JobInput, SubmitJob
from jobmill.core.jobs.service.ingest import BatchSpec
from jobmill.core.pipelines import Pipeline
from jobmill.core.webhooks.service import EndpointSpec
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.mapping.data import is_address
from jobmill.dialects.superai.mapping.jobs import APP, EXTRAS
from jobmill.dialects.superai.mapping.reading import flag_of, object_of, tags_of, text_of, wrong

ORIGIN = "superai"
ROWS = "inputs"
MOST_INPUTS = 100_000


@dataclass(frozen=True, slots=True)
class CreateJobs:
    """The body, read: either `inputs` or the place of a file of them."""

    inputs: Sequence[Any] | None
    file: str | None
    callback: str | None
    metadata: Mapping[str, Any]
    tags: tuple[str, ...]
    labeler: str | None
    parked: bool
    strict: bool
    key: str | None


def read_create(body: Any) -> CreateJobs:
    """Read a body. Raises InvalidInput."""
    if not isinstance(body, dict):
        raise wrong("body", 'give an object, such as {"inputs": [{…}]}')
    for key in body:
        if key not in vendor.CREATE_FIELDS:
            meant = get_close_matches(key, vendor.CREATE_FIELDS, 1, 0.6)
            more = f"; did you mean {meant[0]!r}?" if meant else ""
            raise wrong(key, f"there is no such field{more}")
    file, inputs = text_of(body.get("inputsFileUrl"), "inputsFileUrl"), body.get(ROWS)
    if (inputs is None) == (file is None):
        raise wrong(ROWS, "give either inputs, a list of objects, or inputsFileUrl")
    if inputs is not None and (not isinstance(inputs, list) or not inputs):
        raise wrong(ROWS, "give a list with one object for each job")
    if inputs is not None and len(inputs) > MOST_INPUTS:
        raise wrong(ROWS, f"give {MOST_INPUTS} at most in one request")
    return CreateJobs(
        inputs=inputs,
        file=file,
        callback=text_of(body.get("callbackUrl"), "callbackUrl"),
        metadata=object_of(body.get("metadata"), "metadata"),
        tags=tags_of(body.get("tags")),
        labeler=_labeler(body.get("labeler")),
        parked=bool(flag_of(body.get("pending"), "pending")),
        strict=bool(flag_of(body.get("strict"), "strict")),
        key=text_of(body.get("key"), "key"),
    )


def shared_command(
    asked: CreateJobs, app: Pipeline, callback: EndpointSpec | None, given: JobInput
) -> SubmitJob:
    """The core's request for one input."""
    kept: dict[str, Any] = {APP: app.id}
    if asked.labeler is not None:
        kept["labeler"] = asked.labeler
    return SubmitJob(
        input=given,
        pipeline=app.name,
        origin=ORIGIN,
        tags=asked.tags,
        metadata=asked.metadata,
        parked=asked.parked,
        callback=callback,
        skip_people=asked.labeler in vendor.MACHINES,
        extras={EXTRAS: kept},
    )


def batch_spec(
    asked: CreateJobs, app: Pipeline, callback: EndpointSpec | None, told: EndpointSpec | None
) -> BatchSpec:
    """The core's request for many inputs, which are read in the background."""
    one = shared_command(asked, app, callback, JobInput())
    jobs = RowJobs(
        pipeline=one.pipeline or "",
        tags=one.tags,
        metadata=one.metadata,
        origin=one.origin,
        parked=one.parked,
        skip_people=one.skip_people,
        extras=one.extras,
    )
    return BatchSpec(
        jobs,
        file=None if asked.file is None else file_of(asked.file),
        strict=asked.strict,
        key=asked.key,
        callback=callback,
        told=told,
    )


def file_of(said: str) -> JobInput:
    """Where a file of inputs lies: an address, `data://` storage, or the id of an asset."""
    if is_address(said):
        return JobInput(url=said)
    return JobInput(path=said) if is_data_path(said) else JobInput(asset=said)


def rows_of(asked: CreateJobs, app: Pipeline) -> list[Any] | None:
    """The inputs as the core reads rows: without a program a row says what kind of input it is,
    and no schema refuses what is no object. Raises InvalidInput."""
    if asked.inputs is None:
        return None
    if app.program:
        return [*asked.inputs]
    return [{"json": _object(each, number)} for number, each in enumerate(asked.inputs)]


def only_input(asked: CreateJobs) -> JobInput | None:
    """The input of a request for one job; None for any other. Raises InvalidInput."""
    if asked.inputs is None or len(asked.inputs) != 1:
        return None
    return JobInput(json=_object(asked.inputs[0], 0))


def _object(given: Any, number: int) -> Any:
    if not isinstance(given, dict):
        raise wrong(f"{ROWS}.{number}", "give an object {…}")
    return given


_WORDS = {
    "callback.url": "callbackUrl",
    "callback.secret": "callbackUrl",
    "pipeline": "appId",
    "file": "inputsFileUrl",
    "file.path": "inputsFileUrl",
    "file.url": "inputsFileUrl",
    "file.asset": "inputsFileUrl",
    "path": "inputsFileUrl",
}

_SHARED = frozenset({"callback", "pipeline", "tags", "metadata", "file", "path", "key"})
"""What all jobs of a request have in common is nobody's row's."""


def in_vendor_words(error: JobmillError) -> JobmillError:
    """The same error, its field named as the client wrote it."""
    if error.field is None:
        return error
    field = error.field
    head, row, rest = "", "", field
    if field.startswith(f"{ROWS}."):
        _, row, rest = [*field.split(".", 2), ""][:3]
        head = f"{ROWS}.{row}"
    if rest in ("input", "input.json"):
        rest = ""
    elif rest.startswith("input."):
        rest = rest.removeprefix("input.").removeprefix("json.")
    elif rest.partition(".")[0] in _SHARED:
        head, rest = "", _WORDS.get(rest, rest)
    named = ".".join(part for part in (head, rest) if part) or ROWS
    error.message = _renamed(error.message, field, named)
    error.field = named
    return error


def _renamed(message: str, field: str, named: str) -> str:
    """A message that may begin with the row and with the core's name of the field, both once."""
    parts = field.split(".", 2)
    at_row = parts[0] == ROWS and len(parts) > 1
    own = parts[2] if at_row and len(parts) > 2 else field
    message = message.removeprefix(f"{ROWS}.{parts[1]}: ") if at_row else message
    message = message.removeprefix(f"{own}: ").removeprefix(f"{own} ")
    return f"{named}: {message}"


def _labeler(value: Any) -> str | None:
    word = text_of(value, "labeler")
    if word is not None and word.lower() not in vendor.LABELERS:
        raise wrong("labeler", f"write one of {', '.join(sorted(vendor.LABELERS))}, not {word!r}")
    return None if word is None else word.lower()
