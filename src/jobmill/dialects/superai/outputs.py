"""Handlers of outputs: one job's, and its review: right or not, or another one in its place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput, JobNotEnded
from jobmill.core.ids import JobNumber
from jobmill.core.jobs.model import Job
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import job_results, mark_job
from jobmill.core.jobs.service.output import edit_output, job_output, program_of
from jobmill.core.jobs.states import JobState
from jobmill.core.results import Result
from jobmill.dialects.superai.calls import call_of, fields_of, route
from jobmill.dialects.superai.mapping.jobs import job_object
from jobmill.dialects.superai.mapping.reading import flag_of, wrong
from jobmill.dialects.superai.mapping.states import STATUS
from jobmill.dialects.superai.seeing import job_named, see_job
from jobmill.http.request_id import speak_of


async def read_response(request: Request) -> Response:
    """`GET jobs/{id}/response`: the output of a completed job."""
    call = await call_of(request)
    name = call.path("job")

    def look(work: UnitOfWork) -> Any:
        return output_of(work, call.who, job_named(work, call.who, name))

    return JSONResponse({"response": await call.house.database.read(look)})


async def review(request: Request) -> Response:
    """`PATCH jobs/{id}/review`: `correct` marks the output, `response` takes its place."""
    call = await call_of(request)
    name, fields = call.path("job"), await fields_of(request)
    correct = flag_of(fields.get("correct"), "correct")
    response = fields.get("response")
    if response is None and "correct" not in fields:
        raise wrong("response", "give a response, or correct, or both")

    def change(work: UnitOfWork) -> dict[str, Any]:
        number = job_named(work, call.who, name).number
        if response is not None:
            _edit(work, call.who, number, response, call.now)
        if "correct" in fields:
            mark_job(work, call.who, number, correct, call.now)
        return job_object(see_job(work, call.who, job_named(work, call.who, name)))

    shown = await call.house.database.write(change)
    speak_of(shown["uuid"])
    return JSONResponse(shown)


def output_of(work: UnitOfWork, who: Principal, job: Job) -> Any:
    """The output of a job. One made without a program has what its tasks found: the one document,
    or all by task. Raises JobNotEnded, OutputNotFound."""
    if job.state is not JobState.COMPLETED:
        why = f" It ended so: {job.reason.message}" if job.reason else ""
        raise JobNotEnded(
            f"The job is {STATUS[job.state]}: its output is there once it is COMPLETED.{why}"
        )
    if program_of(work, job) is not None:
        return job_output(work, who, job.number).document
    return found_in(job_results(work, who, job.number))


def found_in(results: Sequence[Result]) -> Any:
    """The one document that tasks found, or all by task."""
    found = {each.task: each.document for each in results}
    return next(iter(found.values())) if len(found) == 1 else found


def _edit(
    work: UnitOfWork, who: Principal, number: JobNumber, response: Any, now: datetime
) -> None:
    try:
        edit_output(work, who, number, response, now)
    except InvalidInput as error:
        if error.field is not None and error.field.startswith("output"):
            error.message = error.message.replace("output", "response", 1)
            error.field = error.field.replace("output", "response", 1)
        raise


OUTPUT_ROUTES = [
    route("/jobs/{job}/response", "GET", read_response),
    route("/jobs/{job}/review", "PATCH", review),
]
