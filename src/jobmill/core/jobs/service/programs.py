"""From what is asked of a program to an ordinary request: its input is checked, the file it names
is what the job works on, values of it become parameters of tasks, and the program's times, callback
and worker policy stand where the request says nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobmillError, PipelineNotFound
from jobmill.core.items import Asset, is_data_path
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_input import JobInput, Outside, asset_for
from jobmill.core.pipelines import Pipeline, Program, find_pipeline
from jobmill.core.pipelines.pointers import MISSING, dotted, value_at, with_value
from jobmill.core.pipelines.schemas import SchemaCheck, SchemaProblem
from jobmill.core.webhooks.service import EndpointSpec


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a program's input names, and where in the input."""

    given: JobInput
    field: str


@dataclass(frozen=True, slots=True)
class Found:
    """The pipeline of a request, found once; `program` is the number under which its program is
    kept for the job."""

    pipeline: Pipeline
    program: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A program in force: what all requests to it share."""

    found: Found
    program: Program
    check: SchemaCheck
    fields: Mapping[str, Any]
    params: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """By their text: requests with the same parameters share them."""


def find_program(work: UnitOfWork, who: Principal, name: str) -> Found:
    """The pipeline of this name, its program kept. Raises PipelineNotFound."""
    pipeline = find_pipeline(work.pipelines, who.organization, name)
    if pipeline is None:
        raise PipelineNotFound(f"There is no pipeline {name!r}; create it first.", field="pipeline")
    if pipeline.program is None:
        return Found(pipeline)
    number = work.pipelines.keep_program(who.organization, pipeline.program)
    return Found(pipeline, number)


def input_problems(program: Program, document: Any) -> tuple[SchemaProblem, ...]:
    """Where an input breaks its program's schema; paths are below the input."""
    return SchemaCheck(program.input_schema).problems(document)


def bound(found: Found, now: datetime) -> Bound | None:
    """A pipeline's program, ready for any number of requests; None without one."""
    program = found.pipeline.program
    if program is None:
        return None
    fields: dict[str, Any] = {}
    if program.expires_after_s is not None:
        fields["expires_at"] = now + timedelta(seconds=program.expires_after_s)
    if program.retain_for_s is not None:
        fields["retain_for"] = timedelta(seconds=program.retain_for_s)
    if program.callback_url is not None:
        fields["callback"] = EndpointSpec(program.callback_url, format=program.callback_format)
    return Bound(found, program, SchemaCheck(program.input_schema), fields)


def input_of(bound: Bound, given: JobInput) -> tuple[JobInput, NamedFile | None]:
    """A request's input as the program has it, and the file that it names.

    A file given by itself stands where the program expects its name. Raises InvalidInput.
    """
    said, pointer = given.given(), bound.program.file
    named = None
    if len(said) == 1 and "json" not in said and pointer is not None:
        ((kind, value),) = said.items()
        named = NamedFile(given, f"input.{kind}")
        given = JobInput(json=with_value({}, pointer, value))
    if given.json is None or len(given.given()) != 1:
        raise InvalidInput(
            f"input: {bound.found.pipeline.name!r} takes JSON; give {{'json': …}}.",
            field="input",
        )
    check_json(bound, given.json)
    if named is None and pointer is not None:
        named = named_file(given.json, pointer)
    return given, named


def check_json(bound: Bound, document: Any) -> None:
    """Raises InvalidInput where the input breaks the program's schema."""
    if problems := bound.check.problems(document):
        raise _refusal(problems)


def named_file(document: Any, pointer: str) -> NamedFile | None:
    """The file that a value of an input names; None where there is none."""
    value, where = value_at(document, pointer), f"input.{dotted(pointer)}"
    if value is MISSING or value is None:
        return None
    if not isinstance(value, str) or not value:
        raise InvalidInput(
            f"{where}: name a file: a data:// path, an http(s) address, or an asset's id.",
            field=where,
        )
    if is_data_path(value):
        return NamedFile(JobInput(path=value), where)
    if value.lower().startswith(("http://", "https://")):
        return NamedFile(JobInput(url=value), where)
    return NamedFile(JobInput(asset=value), where)


def params_of(bound: Bound, document: Any, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """A request's parameters over those that its input says."""
    laid: dict[str, dict[str, Any]] = {}
    for key, pointer in bound.program.params.items():
        value = value_at(document, pointer)
        if value is not MISSING:
            task, _, parameter = key.rpartition(".")
            laid.setdefault(task, {})[parameter] = value
    if not laid:
        return asked
    merged = {**asked, **{task: {**own, **_own(asked, task)} for task, own in laid.items()}}
    return bound.params.setdefault(json.dumps(merged, sort_keys=True), merged)


def _own(asked: Mapping[str, Any], task: str) -> Mapping[str, Any]:
    own = asked.get(task, {})
    return own if isinstance(own, Mapping) else {}


def task_files_of(bound: Bound, document: Any) -> Mapping[str, NamedFile]:
    """The files that single tasks work on, by task."""
    found = {
        task: named_file(document, pointer) for task, pointer in bound.program.task_files.items()
    }
    return {task: named for task, named in found.items() if named is not None}


def asset_named(
    work: UnitOfWork,
    outside: Outside,
    who: Principal,
    named: NamedFile,
    now: datetime,
    *,
    must_exist: bool,
) -> Asset | None:
    """The asset of a file that an input names; a refusal names the field of the input."""
    try:
        return asset_for(
            work, outside, who, named.given, now, must_exist=must_exist, where=named.field
        )
    except JobmillError as refusal:
        (kind,) = named.given.given()
        refusal.field = named.field
        refusal.message = refusal.message.replace(f"{named.field}.{kind}", named.field)
        raise


def marked(extras: Mapping[str, Any], found: Found | None) -> Mapping[str, Any]:
    """A job's extras with the number of its program."""
    if found is None or found.program is None:
        return extras
    return {**extras, PROGRAM: found.program}


def _refusal(problems: Iterable[SchemaProblem]) -> InvalidInput:
    places = [(f"input.{each.path}" if each.path else "input", each.message) for each in problems]
    where, message = places[0]
    more = f" ({len(places) - 1} more)" if len(places) > 1 else ""
    return InvalidInput(f"{where}: {message}{more}", field=where)
