"""Bulk actions: do something to every job that a filter matches."""

from fastapi import Response

from jobmill.api.answers import LOCATION, WITH_BODY, Answers, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.jobs import PREFIX, Job
from jobmill.api.schemas.steering import BulkAnswer, BulkRequest
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import view_of
from jobmill.core.jobs.service.bulk import count_bulk, start_bulk
from jobmill.core.jobs.service.read_jobs import JobView

router = native_router("bulk")
BEGUN: Answers = {
    **answer(202, "The job that does it.", LOCATION),
}
BEGUN[202]["model"] = BulkAnswer


@router.post(
    "/bulk",
    summary="Act upon many jobs",
    responses={**BEGUN, **problems(*WITH_BODY, 404)},
)
async def act_in_bulk(
    body: BulkRequest, response: Response, house: TheHouse, who: Caller
) -> BulkAnswer:
    """Do something to every job that a filter matches, as a job of its own.

    With `dry_run` it only counts (200). Else (202) the job does it step by step, survives a
    restart, and can be cancelled; jobs whose state does not allow the action are passed over. Its
    result says how many were changed and skipped.
    """
    wanted, changes, now = body.filter.filter(), body.asked(), house.clock.now()
    if body.dry_run:
        count = await house.database.read(lambda work: count_bulk(work, who, wanted))
        return BulkAnswer(action=body.action, matched=count, dry_run=True, job=None)

    def start(work: UnitOfWork) -> tuple[int, JobView]:
        graph = start_bulk(work, who, body.action, wanted, changes, now)
        bulk = work.bulks.get(graph.job.number)
        view = view_of(work, house.outside.catalog, graph, now, who)
        return bulk.matched if bulk is not None else 0, view

    matched, view = await house.database.write(start)
    response.status_code = 202
    response.headers["Location"] = f"{PREFIX}/jobs/{view.graph.job.id}"
    return BulkAnswer(action=body.action, matched=matched, dry_run=False, job=Job.of(view))
