"""What engines and people answered in a job, up to its output. Reads, and writes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobmill.core.ids import UserNumber
from jobmill.core.jobs.flow import OUT
from jobmill.core.jobs.marks import PROGRAM
from jobmill.core.jobs.model import JobGraph, Part, Task
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.asking import document_read
from jobmill.core.results import Result
from jobmill.core.reviews.agreement import agreed_document, standing_of
from jobmill.core.reviews.model import Answer, AnswerKind, Document, Outcome, Review, ReviewState
from jobmill.core.reviews.ports import ReviewQuery

MOST_REVIEWS = 100
SHAPER = "answers"
"""The bundled engine that only gives the shape of an answer to what another engine found."""


@dataclass(frozen=True, slots=True)
class Said:
    """A document that somebody stands for; with a `digest` it lies outside of its row, unread."""

    document: Any = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What `engines` (as `id@version`) answered, what `people` made of it, and what came out.

    Mostly there is one engine; none where people were given an empty form.
    """

    engines: tuple[str, ...]
    by_engine: Said
    people: tuple[tuple[UserNumber, Said], ...]
    output: Said


def closed_reviews(work: UnitOfWork, graph: JobGraph, now: datetime) -> Sequence[Review]:
    """The reviews of a job that people answered and that let it go on."""
    job = graph.job
    query = ReviewQuery(
        job.organization, now, (ReviewState.ANSWERED,), job=job.number, limit=MOST_REVIEWS
    )
    generations = {task.number: task.generation for task in graph.tasks if task.review}
    return [
        review
        for review in work.reviews.find(query)
        if review.outcome is not Outcome.SENT_BACK
        and generations.get(review.task) == review.generation
    ]


def answers_in(work: UnitOfWork, graph: JobGraph, reviews: Sequence[Review]) -> Answers | None:
    """Who answered what, of a job that completed; None where no one document is its output."""
    answer = answering_task(work, graph)
    if answer is None:
        return None
    engine, asked = _back_to_engine(graph, answer)
    results = work.results.of_job(graph.job.number)
    result = _result_of(results, engine)
    opened = None if result is None else _opened(work, graph, asked, result)
    if result is None or opened is None:
        return None
    people: list[tuple[UserNumber, Said]] = []
    said = opened
    for task in asked:
        for review in (each for each in reviews if each.task == task.number):
            answers = work.reviews.answers(review.number)
            people += _by_people(review, answers, said)
            said = _agreed(review, answers, said)
    return Answers(_credited(graph, engine, results), opened, tuple(people), said)


def answers_apart(
    work: UnitOfWork, graph: JobGraph, review: Review
) -> Sequence[tuple[Answer, Said]]:
    """What people answered a review without knowing what others did; empty if they did know.

    Who decides in the end has seen all, and is not among them.
    """
    if not review.spec.apart:
        return ()
    answers, opened = _unknowing(review, work.reviews.answers(review.number)), None
    if len(answers) > 1:
        opened = document_read(work, graph, graph.task(review.task)).document
    shown = None if opened is None else Said(_parsed(opened))
    return [(answer, _stands_for(answer, shown)) for answer in answers]


def _unknowing(review: Review, answers: Sequence[Answer]) -> Sequence[Answer]:
    for count in range(1, len(answers) + 1):
        if standing_of(review.spec, answers[:count]).arbiter:
            return answers[:count]
    return answers


def _stands_for(answer: Answer, shown: Said | None) -> Said:
    if answer.document is not None:
        return _of(answer.document, answer.digest)
    return shown if answer.kind is AnswerKind.CONFIRM and shown else Said(digest=answer.digest)


def answering_task(work: UnitOfWork, graph: JobGraph) -> Task | None:
    """The task whose document is the job's output: that which its program names, or the only one
    that nothing else reads."""
    number = graph.job.extras.get(PROGRAM)
    program = None if number is None else work.pipelines.program(number)
    if program is not None:
        return next((task for task in graph.tasks if task.name == program.answer), None)
    last = [task for task in graph.tasks if not graph.children(task.name)]
    return last[0] if len(last) == 1 else None


def _back_to_engine(graph: JobGraph, task: Task) -> tuple[Task, Sequence[Task]]:
    """The engine's task behind the reviews before an output, and those, the first one first."""
    asked: list[Task] = []
    while task.review is not None:
        asked.insert(0, task)
        task = graph.named(graph.fed_by(task.name).source)
    return task, asked


def _result_of(results: Sequence[Result], engine: Task) -> Result | None:
    found = [each for each in results if each.task == engine.name]
    return found[0] if len(found) == 1 else None


def _credited(graph: JobGraph, engine: Task, results: Sequence[Result]) -> tuple[str, ...]:
    """Whose answer it is: that of the engines whose findings were given its shape."""
    names = graph.parents(engine.name) if engine.engine == SHAPER else {engine.name}
    origins = [each.provenance for each in results if each.task in names]
    return tuple(dict.fromkeys(f"{each.engine}@{each.version}" for each in origins))


def _opened(
    work: UnitOfWork, graph: JobGraph, asked: Sequence[Task], result: Result
) -> Said | None:
    """The document before anybody looked at it."""
    if not asked or graph.fed_by(asked[0].name).source_port == OUT:
        return Said(result.document)
    part: Part = document_read(work, graph, asked[0])
    return None if part.document is None else Said(_parsed(part.document))


def _by_people(
    review: Review, answers: Sequence[Answer], opened: Said
) -> Iterator[tuple[UserNumber, Said]]:
    """What each stands for: an edit for itself, a confirmation for what was shown."""
    said = opened
    for answer in answers:
        if answer.kind is AnswerKind.SEND_BACK:
            continue
        mine = said if answer.document is None else _of(answer.document, answer.digest)
        yield answer.user, mine
        if not review.spec.apart:
            said = mine


def _agreed(review: Review, answers: Sequence[Answer], opened: Said) -> Said:
    agreed = standing_of(review.spec, answers).agreed
    document = None if agreed is None else agreed_document(review.spec, answers, agreed)
    if document is None:
        return opened
    digests = [answer.digest for answer in answers if answer.document == document]
    return _of(document, digests[-1])


def _of(document: Document, digest: str) -> Said:
    if document.text is None:
        return Said(digest=digest)
    return Said(_parsed(document.text))


def _parsed(text: str) -> Any:
    """JSON; what is none stands for itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
