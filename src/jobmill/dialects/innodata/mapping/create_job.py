"""From the body of `POST jobs` (and `PUT jobs/{id}`) to the core's request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jobmill.core.errors import InvalidInput, JobmillError, NotFound
from jobmill.core.jobs.service import Collaborator, JobInput, SubmitJob
from jobmill.dialects.innodata import schema as vendor
from jobmill.dialects.innodata.mapping.job_types import JobType, params_of
from jobmill.dialects.innodata.mapping.metadata import merged, settings_of
from jobmill.dialects.innodata.mapping.reading import (
    Fields,
    document_id,
    fields_of,
    list_of,
    objects_of,
    wrong,
)

EXTRAS = "innodata"
ORIGIN = "innodata"
TEST_LIFE = timedelta(days=7)
"""After this what was made with a test key is purged."""


@dataclass(frozen=True, slots=True)
class CreateJob:
    """The body, read. `contents` are addresses by role; `settings` dotted names and values."""

    type: str
    contents: Mapping[str, str]
    collaborators: tuple[Collaborator, ...]
    metadata: Mapping[str, Any]
    settings: Mapping[str, Any]
    name: str | None


@dataclass(frozen=True, slots=True)
class UpdateJob:
    """What a body names: None leaves it."""

    metadata: Mapping[str, Any]
    collaborators: tuple[Collaborator, ...] | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that is all there but for the taxonomies, which are documents yet to be read."""

    input: JobInput
    params: Mapping[str, Mapping[str, Any]]
    taxonomies: Mapping[str, Any]


def read_job(body: Fields) -> CreateJob:
    """Read a body. Raises InvalidInput."""
    kind = body.needed("type", '"data-point-extraction"; GET /job-types lists them')
    contents = _contents(body.take("contents"))
    collaborators = read_collaboration(body.take("collaboration"))
    explicit = _metadata(body.take("metadata"))
    name = body.text("name")
    for field in vendor.READ_ONLY:
        body.take(field)
    unknown = body.rest()
    return CreateJob(
        type=kind.strip(),
        contents=contents,
        collaborators=collaborators,
        metadata=merged(unknown, explicit),
        settings=settings_of(unknown, explicit),
        name=name,
    )


def read_update(body: Fields) -> UpdateJob:
    """Read the body of an update; `type` and `contents` are fixed and passed over."""
    for field in (*vendor.READ_ONLY, "type", "contents"):
        body.take(field)
    collaborators = None
    if body.has("collaboration"):
        collaborators = read_collaboration(body.take("collaboration"))
    explicit, name = _metadata(body.take("metadata")), body.text("name")
    return UpdateJob(merged(body.rest(), explicit), collaborators, name)


def wanted_of(asked: CreateJob, job_type: JobType) -> Wanted:
    """What is asked of a type. Raises InvalidInput for fields that are missing or wrong."""
    settings, inputs = dict(asked.settings), dict(asked.contents)
    given = inputs.pop(vendor.INPUT, None)
    if given is None:
        raise wrong("contents", f'name the document: {{"role": "{vendor.INPUT}", "uri": …}}')
    for role, uri in inputs.items():
        step = role.removesuffix(_TAXONOMY_END)
        if job_type.content(role) is None or not role.endswith(_TAXONOMY_END):
            raise wrong("contents", f"a job of type {job_type.id!r} takes no {role!r}")
        settings[vendor.TAXONOMY.format(step=step)] = uri
    params, taxonomies = params_of(job_type, settings)
    document = document_id(given)
    job_input = JobInput(asset=document) if document else JobInput(url=given)
    return Wanted(job_input, params, taxonomies)


def submit_job_from(
    asked: CreateJob,
    job_type: JobType,
    wanted: Wanted,
    taxonomies: Mapping[str, Any],
    *,
    test: bool,
) -> SubmitJob:
    """The core's request; `taxonomies` are the documents behind `wanted.taxonomies`, by field."""
    params = {task: dict(given) for task, given in wanted.params.items()}
    for field in job_type.fields:
        if field.name in taxonomies:
            params.setdefault(field.task, {})[field.parameter] = taxonomies[field.name]
    return SubmitJob(
        input=wanted.input,
        pipeline=job_type.id,
        params=params,
        origin=ORIGIN,
        name=asked.name,
        metadata=asked.metadata,
        retain_for=TEST_LIFE if test else None,
        extras={EXTRAS: {"test": True}} if test else {},
        skip_people=test,
        collaborators=asked.collaborators,
    )


def in_vendor_words(
    error: JobmillError, collaborators: Sequence[Collaborator], job_type: JobType | None = None
) -> JobmillError:
    """The same error, naming the fields that the client wrote. What a body names and is not there
    is a wrong field: only a path that leads nowhere is not found."""
    if error.field is None:
        return error
    own = _own_field(error.field, collaborators, job_type)
    if own == error.field:
        return error
    _, colon, told = error.message.partition(": ")
    message = f"{own}: {told}" if colon and error.message.startswith(error.field) else error.message
    family = InvalidInput if isinstance(error, NotFound) else type(error)
    return family(message, field=own, **error.details)


def _own_field(field: str, collaborators: Sequence[Collaborator], job_type: JobType | None) -> str:
    if field.startswith("input"):
        return "contents"
    if _ENGINE.fullmatch(field):
        return "type"
    if found := _SHARE.match(field):
        place = int(found[1])
        teams = sum(each.team is not None for each in collaborators)
        kind, place = ("teams", place) if place < teams else ("users", place - teams)
        return f"collaboration.{kind}.{place}"
    found = _PARAMETER.match(field)
    if found and job_type and int(found[1]) < len(job_type.workflow):
        task = job_type.workflow[int(found[1])]
        for each in job_type.fields:
            if (each.task, each.parameter) == (task, found[2]):
                return each.name + field[found.end() :]
    return field


_ENGINE = re.compile(r"tasks\.\d+\.engine")
_SHARE = re.compile(r"collaborators\.(\d+)(?:\.\w+)?")
_PARAMETER = re.compile(r"tasks\.(\d+)\.(?:params|review)\.(\w+)")


def read_collaboration(value: Any) -> tuple[Collaborator, ...]:
    """`{"teams": [{id | name, steps}], "users": [{id | email, steps}]}`."""
    if value is None:
        return ()
    fields = fields_of(value, "collaboration")
    found = [
        Collaborator(team=_word(each, ("id", "name")), steps=_steps(each))
        for each in objects_of(fields.take("teams"), "collaboration.teams")
    ]
    found += [
        Collaborator(user=_word(each, ("id", "email")), steps=_steps(each))
        for each in objects_of(fields.take("users"), "collaboration.users")
    ]
    return tuple(found)


_TAXONOMY_END = vendor.TAXONOMY_ROLE.format(step="")


def _word(fields: Fields, names: tuple[str, str]) -> str:
    for name in names:
        word = fields.text(name)
        if word:
            return word
    raise wrong(fields.place(names[0]), f"give {names[0]} or {names[1]}")


def _steps(fields: Fields) -> tuple[str, ...]:
    steps = list_of(fields.take("steps"), fields.place("steps"))
    for each in steps:
        if not isinstance(each, str) or not each.strip():
            raise wrong(fields.place("steps"), 'give names of steps, or "*" for all')
    return tuple(each.strip() for each in steps)


def _contents(value: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in objects_of(value, "contents"):
        role = (each.text("role") or vendor.INPUT).strip().lower()
        if role in found:
            raise wrong("contents", f"the role {role!r} is given twice")
        found[role] = each.text("uri") or each.text("id") or ""
        if not found[role]:
            raise wrong(each.place("uri"), "give the contents_uri of an uploaded document")
    return found


def _metadata(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong("metadata", "give a JSON object")
    return value
