"""A row as a request for a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.items import is_data_path
from jobmill.core.jobs.batches.ingest import RowJobs
from jobmill.core.jobs.batches.rows import Row, RowFormat, RowProblem
from jobmill.core.jobs.batches.rows.cells import typed_cells
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.programs import (
    Bound,
    bound,
    check_json,
    find_program,
    input_of,
    params_of,
    task_files_of,
)
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.jobs.service.submit_job import unsaid

KINDS = ("path", "url", "asset", "json")


class RowCommands:
    """Makes the rows of one batch into requests that share all but their input.

    For a program a row is its input; else it names what to work on, as the input of a job does, or
    as a text: an address, a `data://` path, or a path under a media root.
    """

    def __init__(self, shared: Mapping[str, Any], kind: RowFormat, program: Bound | None) -> None:
        self._shared = shared
        self._cells = kind is RowFormat.CSV
        self._program = program

    def of(self, row: Row) -> SubmitJob:
        """The request, with its program applied. Raises InvalidInput."""
        program = self._program
        if program is None:
            return SubmitJob(input=_input(row.value, cells=self._cells), **self._shared)
        value = self._document(program, row)
        given, file = input_of(program, JobInput(json=value))
        shared = self._shared
        if program.program.params:
            shared = {**shared, "params": params_of(program, value, shared["params"])}
        files = task_files_of(program, value) if program.program.task_files else None
        return SubmitJob(input=given, file=file, task_files=files or None, **shared)

    def template(self) -> SubmitJob | None:
        """The request for every row, but for its JSON, which `json_of` gives. None where rows may
        name files and parameters too."""
        if self._program is None:
            return None
        program = self._program.program
        if program.files or program.params:
            return None
        return SubmitJob(input=JobInput(), **self._shared)

    def json_of(self, row: Row) -> Any:
        """A row as input of the program, checked. Raises InvalidInput."""
        assert self._program is not None  # noqa: S101  else there is no template
        value = self._document(self._program, row)
        check_json(self._program, value)
        return value

    def _document(self, program: Bound, row: Row) -> Any:
        value = row.value
        if self._cells:
            value = typed_cells(value, program.program.input_schema)
        if value is None:
            raise InvalidInput("input: null is no input.", field="input")
        return value


def commands_of(
    work: UnitOfWork, who: Principal, jobs: RowJobs, kind: RowFormat, now: datetime
) -> RowCommands:
    """For rows that are made in this unit of work. Raises PipelineNotFound."""
    found = find_program(work, who, jobs.pipeline)
    program = bound(found, now)
    said: dict[str, Any] = {
        "pipeline": jobs.pipeline,
        "params": jobs.params,
        "name": jobs.name,
        "tags": jobs.tags,
        "metadata": jobs.metadata,
        "priority": jobs.priority,
        "pool": jobs.pool,
        "origin": jobs.origin,
        "parked": jobs.parked,
        "due": jobs.due,
        "expires_at": jobs.expires_at,
        "retain_for": jobs.retain_for,
        "retain_until": jobs.retain_until,
        "skip_people": jobs.skip_people,
        "kind": jobs.kind,
        "extras": jobs.extras,
        "callback": None,
        "found": found,
    }
    if program is not None:
        said |= unsaid(program, said)
    return RowCommands(said, kind, program)


def problem_of(refusal: JobmillError) -> RowProblem:
    """What is wrong with a row, by the refusal of its request."""
    field, message = refusal.field or "", refusal.message
    for start in ("input.", "input"):
        if field.startswith(start) and message.startswith(start):
            return RowProblem(_plain(message.removeprefix(start)), field.removeprefix(start))
    return RowProblem(message, field.removeprefix("input.") if field != "input" else "")


def _plain(message: str) -> str:
    return message.removeprefix(": ")


def _input(value: Any, *, cells: bool) -> JobInput:
    if isinstance(value, str):
        return _named(value)
    if isinstance(value, Mapping):
        return _given({name: each for name, each in value.items() if not (cells and each == "")})
    raise InvalidInput(
        f"input: give an object with one of {', '.join(KINDS)}, or a text.", field="input"
    )


def _named(text: str) -> JobInput:
    if is_data_path(text) or "://" not in text:
        return JobInput(path=text)
    return JobInput(url=text)


def _given(said: Mapping[str, Any]) -> JobInput:
    for name, each in said.items():
        if name not in KINDS:
            raise InvalidInput(
                f"input.{name}: is not known; give one of {', '.join(KINDS)}.",
                field=f"input.{name}",
            )
        if name != "json" and not isinstance(each, str):
            raise InvalidInput(f"input.{name}: give a text.", field=f"input.{name}")
    return JobInput(**said)
