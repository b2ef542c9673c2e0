"""A row as a request for a job."""

from collections.abc import Mapping
from typing import Any

from jobmill.core.errors import InvalidInput, JobmillError
from jobmill.core.items import is_data_path
from jobmill.core.jobs.batches.ingest import RowJobs
from jobmill.core.jobs.batches.rows import Row, RowFormat, RowProblem
from jobmill.core.jobs.batches.rows.cells import typed_cells
from jobmill.core.jobs.service.job_input import JobInput
from jobmill.core.jobs.service.submission import SubmitJob
from jobmill.core.pipelines import Program

KINDS = ("path", "url", "asset", "json")


class RowCommands:
    """Makes the rows of one batch into requests that share all but their input.

    For a program a row is its input; else it names what to work on, as the input of a job does, or
    as a text: an address, a `data://` path, or a path under a media root.
    """

    def __init__(self, jobs: RowJobs, kind: RowFormat, program: Program | None) -> None:
        self._program = program
        self._cells = kind is RowFormat.CSV
        self._shared: dict[str, Any] = {
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
        }

    def of(self, row: Row) -> SubmitJob:
        """The request. Raises InvalidInput."""
        return SubmitJob(input=self._input(row.value), **self._shared)

    def _input(self, value: Any) -> JobInput:
        if self._program is not None:
            if self._cells:
                value = typed_cells(value, self._program.input_schema)
            if value is None:
                raise InvalidInput("input: null is no input.", field="input")
            return JobInput(json=value)
        if isinstance(value, str):
            return _named(value)
        if isinstance(value, Mapping):
            said = {name: each for name, each in value.items() if not (self._cells and each == "")}
            return _given(said)
        raise InvalidInput(
            f"input: give an object with one of {', '.join(KINDS)}, or a text.", field="input"
        )


def problem_of(refusal: JobmillError) -> RowProblem:
    """What is wrong with a row, by the refusal of its request."""
    field, message = refusal.field or "", refusal.message
    for start in ("input.", "input"):
        if field.startswith(start) and message.startswith(start):
            return RowProblem(_plain(message.removeprefix(start)), field.removeprefix(start))
    return RowProblem(message, field.removeprefix("input.") if field != "input" else "")


def _plain(message: str) -> str:
    return message.removeprefix(": ")


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
