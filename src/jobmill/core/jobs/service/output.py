"""One job's output: the document of its program's answer, or what people put in its place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.accounts import Principal, User
from jobmill.core.engines import Failed, FailureClass
from jobmill.core.errors import InvalidInput, JobNotEnded, OutputNotFound
from jobmill.core.events import EventType, NewEvent
from jobmill.core.ids import JobRef
from jobmill.core.jobs.access import steered_job, visible_job
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import Job, JobGraph, Task
from jobmill.core.jobs.outputs import JobOutput, OutputEdit
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.announce import announce
from jobmill.core.jobs.service.parts import confidence_in
from jobmill.core.jobs.states import JobState, TaskState
from jobmill.core.pipelines import Program
from jobmill.core.pipelines.schemas import SchemaProblem
from jobmill.core.reviews.model import ReviewState
from jobmill.core.reviews.ports import ReviewQuery

MOST_REVIEWS = 1000


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit with who made it."""

    edit: OutputEdit
    user: User | None


def job_output(work: UnitOfWork, who: Principal, number: JobRef) -> JobOutput:
    """The output of a job. Raises JobNotFound; OutputNotFound while there is none."""
    graph = visible_job(work, who, number)
    program = _needed(work, graph.job)
    found = output_in(work, graph, program)
    if found is None:
        state = graph.job.state.value
        raise OutputNotFound(f"The job is {state}: its task {program.answer!r} has no answer.")
    return found


def edit_output(
    work: UnitOfWork, who: Principal, number: JobRef, document: Any, now: datetime
) -> JobOutput:
    """Put another output in the place of a completed job's; those before it are kept.

    Raises JobNotFound, NotAllowed, OutputNotFound, JobNotEnded; InvalidInput, which names
    `output.<path>`, for one that breaks the schema.
    """
    graph = steered_job(work, who, number)
    job, program = graph.job, _needed(work, graph.job)
    if job.state is not JobState.COMPLETED:
        raise JobNotEnded(f"The job is {job.state.value}; only what is completed can be edited.")
    refuse_output(program, document)
    made = work.outputs.add(job.number, job.generation, who.user, document, now)
    event = NewEvent(EventType.JOB_OUTPUT_EDITED, data={"user": who.user_name})
    announce(work, job, [event], now)
    return JobOutput(made.document, None, "person", made.at)


def output_edits(
    work: UnitOfWork, who: Principal, number: JobRef, after: int, limit: int
) -> Sequence[EditView]:
    """What people put in the place of a job's output, the oldest first. Raises JobNotFound."""
    job = visible_job(work, who, number).job
    edits = work.outputs.of_job(job.number, after, limit)
    people = {user: work.accounts.user(user) for user in {edit.user for edit in edits}}
    return [EditView(edit, people[edit.user]) for edit in edits]


def program_of(work: UnitOfWork, job: Job) -> Program | None:
    """The program that a job was made with, as it was then."""
    number = job.extras.get(PROGRAM)
    return None if number is None else work.pipelines.program(number)


def output_in(work: UnitOfWork, graph: JobGraph, program: Program) -> JobOutput | None:
    """The output of a job in the hand; None while there is none."""
    job = graph.job
    edited = work.outputs.latest(job.number, job.generation)
    if edited is not None:
        return JobOutput(edited.document, None, "person", edited.at)
    task = next((each for each in graph.tasks if each.name == program.answer), None)
    if task is None or task.state is not TaskState.DONE:
        return None
    document = _document(work, graph, task)
    if document is None:
        return None
    output, confidence = program.output_of(document)
    if task.review is not None and _answered(work, job, task):
        return JobOutput(output, None, "person")
    return JobOutput(output, confidence, "engine")


def refuse_output(program: Program, output: Any) -> None:
    """Raise InvalidInput for an output that breaks its schema, naming `output.<path>`."""
    if problems := program.output_problems(output):
        message, where = _said(problems[0])
        raise InvalidInput(message, field=where)


def refused_answer(work: UnitOfWork, graph: JobGraph, task: Task, document: Any) -> Failed | None:
    """Why an engine's document cannot be the job's output, if it would be that.

    One that people look at first may be wrong: they put it right.
    """
    program = program_of(work, graph.job)
    if program is None or not _is_answer(graph, program, task, document):
        return None
    problems = program.output_problems(program.output_of(document)[0])
    if not problems:
        return None
    message, _ = _said(problems[0])
    return Failed(
        FailureClass.ENGINE, "output_invalid", f"The answer breaks the output schema: {message}"
    )


def _is_answer(graph: JobGraph, program: Program, task: Task, document: Any) -> bool:
    if task.name == program.answer:
        return True
    answer = next((each for each in graph.tasks if each.name == program.answer), None)
    if answer is None or answer.review is None:
        return False
    route = graph.fed_by(answer.name)
    if route.source != task.name or route.source_port != OUT:
        return False
    sure = confidence_in(document).get("confidence")
    return not answer.review.asks(sure)


def _needed(work: UnitOfWork, job: Job) -> Program:
    program = program_of(work, job)
    if program is None:
        raise OutputNotFound(
            "The job was made without a program, which would say what its output is; read its "
            "results instead."
        )
    return program


def _document(work: UnitOfWork, graph: JobGraph, task: Task) -> Any:
    """What a task that is done handed on. Edits of people are kept as text with programs; what
    they left as it was is that of the task before."""
    if task.review is None:
        found = [each for each in work.results.of_job(graph.job.number) if each.task == task.name]
        return found[-1].document if found else None
    parts = work.parts.after(task.number, OUT, 0, 1)
    if not parts:
        return None
    if parts[0].document is not None:
        return json.loads(parts[0].document)
    return _document(work, graph, graph.named(graph.fed_by(task.name).source))


def _answered(work: UnitOfWork, job: Job, task: Task) -> bool:
    query = ReviewQuery(
        job.organization,
        now=job.updated_at,
        states=(ReviewState.ANSWERED,),
        job=job.number,
        limit=MOST_REVIEWS,
    )
    return any(
        each.task == task.number and each.generation == task.generation
        for each in work.reviews.find(query)
    )


def _said(problem: SchemaProblem) -> tuple[str, str]:
    where = f"output.{problem.path}" if problem.path else "output"
    return f"{where}: {problem.message}", where
