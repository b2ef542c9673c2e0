"""Which jobs of an app a query asks for."""

from starlette.requests import Request

from jobmill.core.errors import BatchNotFound
from jobmill.core.ids import BatchNumber, JobNumber
from jobmill.core.jobs.pages import JobPage, JobSpan
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.batches import own_batch
from jobmill.core.jobs.states import JobState
from jobmill.core.pipelines import Pipeline
from jobmill.dialects.superai import schema as vendor
from jobmill.dialects.superai.apps import names_of
from jobmill.dialects.superai.calls import Call, chosen, flag, moment, words
from jobmill.dialects.superai.mapping.names import is_uuid, job_ref, number_of
from jobmill.dialects.superai.mapping.reading import wrong
from jobmill.dialects.superai.mapping.states import states_of


def job_page(work: UnitOfWork, call: Call, app: Pipeline, page: int, size: int) -> JobPage:
    """The page of an app's jobs that the query of a request asks for. Raises InvalidInput."""
    request = call.request
    return JobPage(
        call.who.organization,
        states=states_asked(request),
        types=names_of(app),
        spans=spans_asked(request),
        tags=words(request, "tags"),
        batch=batch_asked(work, call),
        jobs=jobs_searched(work, call),
        correct=flag(request, "correct"),
        by_end=chosen(request, "sortBy", "id", vendor.SORTS) == "completed",
        descending=chosen(request, "orderBy", "asc", vendor.ORDERS) == "desc",
        offset=page * size,
        limit=size,
    )


def batch_asked(work: UnitOfWork, call: Call) -> BatchNumber | None:
    """The batch of `batchId`; None without one. Raises BatchNotFound."""
    said = call.request.query_params.get("batchId")
    try:
        return own_batch(work, call.who, said) if said else None
    except BatchNotFound as error:
        error.field = "batchId"
        raise


def states_asked(request: Request) -> tuple[JobState, ...] | None:
    """The states of `statusIn`; None for all."""
    found: list[JobState] = []
    given = words(request, "statusIn")
    for word in given:
        states = states_of(word.upper())
        if not states:
            known = ", ".join(vendor.STATUSES)
            raise wrong("statusIn", f"write some of {known}, not {word!r}")
        found += states
    return tuple(found) if given else None


def spans_asked(request: Request) -> tuple[JobSpan, ...]:
    """The times between which jobs were created, and between which they ended."""
    created = JobSpan(
        since=moment(request, "createdStartDate"), until=moment(request, "createdEndDate")
    )
    ended = JobSpan(
        by_end=True,
        since=moment(request, "completedStartDate"),
        until=moment(request, "completedEndDate"),
    )
    return tuple(span for span in (created, ended) if span.since or span.until)


def jobs_searched(work: UnitOfWork, call: Call) -> tuple[JobNumber, ...] | None:
    """The jobs of `idSearch`, ids or UUIDs; None without one. Raises InvalidInput."""
    found: list[JobNumber] = []
    given = words(call.request, "idSearch")
    for word in given:
        if number_of(word) is None and not is_uuid(word):
            raise wrong("idSearch", f"give ids or UUIDs of jobs, not {word!r}")
        number = work.jobs.number_of(call.who.organization, job_ref(word))
        found += [] if number is None else [number]
    return tuple(found) if given else None
