"""Ground truth: add, list, get, edit, delete."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.truths import (
    CreateGroundTruth,
    EditGroundTruth,
    GroundTruth,
    GroundTruthPage,
    GroundTruthsQuery,
    job_input,
)
from jobmill.core.accounts import Principal
from jobmill.core.errors import InvalidInput
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service.truths import (
    add_truth,
    add_truth_of_job,
    delete_truth,
    edit_truth,
    get_truth,
    list_truths,
)
from jobmill.core.truths import GroundTruth as CoreTruth
from jobmill.http.house import House
from jobmill.http.paging import decode_cursor, encode_cursor

router = native_router("ground truth")


@router.post(
    "/ground-truths",
    status_code=201,
    summary="Add ground truth",
    responses={**answer(201, "The ground truth.", LOCATION), **problems(*WITH_BODY, 404, 409)},
)
async def create_truth(
    body: CreateGroundTruth, response: Response, house: TheHouse, who: Caller
) -> GroundTruth:
    """Keep the right answer to an input of a pipeline, or a job's input with its answer.

    Jobs of the pipeline with that input are measured against it when they complete, from now on.
    """
    made = await (_from_job if body.job is not None else _by_hand)(body, house, who)
    response.headers["Location"] = f"{PREFIX}/ground-truths/{made.id}"
    return GroundTruth.of(made)


@router.get("/ground-truths", summary="List ground truth", responses=problems())
async def read_truths(
    query: Annotated[GroundTruthsQuery, Query()], house: TheHouse, who: Caller
) -> GroundTruthPage:
    """Your own, newest first; admins see everybody's."""
    below = decode_cursor(query.cursor, 1)[0] if query.cursor is not None else None
    found = await house.database.read(
        lambda work: list_truths(
            work,
            who,
            query.pipeline,
            query.tag,
            states=(query.state,),
            below=below,
            limit=query.limit + 1,
        )
    )
    shown = found[: query.limit]
    following = encode_cursor(shown[-1].number) if len(found) > query.limit else None
    return GroundTruthPage(items=[GroundTruth.of(truth) for truth in shown], next=following)


@router.get("/ground-truths/{truth}", summary="Get ground truth", responses=problems(404))
async def read_truth(truth: str, house: TheHouse, who: Caller) -> GroundTruth:
    """One by its id or number, a deleted one too."""
    return GroundTruth.of(await house.database.read(lambda work: get_truth(work, who, truth)))


@router.patch(
    "/ground-truths/{truth}", summary="Edit ground truth", responses=problems(*WITH_BODY, 404)
)
async def change_truth(
    truth: str, body: EditGroundTruth, house: TheHouse, who: Caller
) -> GroundTruth:
    """Change its input, label, tag or metadata. What was measured before stays as it is."""
    changes, now = body.changes(), house.clock.now()
    return GroundTruth.of(
        await house.database.write(lambda work: edit_truth(work, who, truth, changes, now))
    )


@router.delete(
    "/ground-truths/{truth}",
    status_code=204,
    response_class=Response,
    summary="Delete ground truth",
    responses=problems(404),
)
async def remove_truth(truth: str, house: TheHouse, who: Caller) -> None:
    """Measure nothing against it any more. What was measured stays."""
    now = house.clock.now()
    await house.database.write(lambda work: delete_truth(work, who, truth, now))


async def _by_hand(body: CreateGroundTruth, house: House, who: Principal) -> CoreTruth:
    if body.pipeline is None or body.input is None:
        missing = "pipeline" if body.pipeline is None else "input"
        raise InvalidInput(f"{missing}: give pipeline, input and label, or a job.", field=missing)
    pipeline, given, now = body.pipeline, job_input(body.input), house.clock.now()
    return await house.database.write(
        lambda work: add_truth(
            work, who, pipeline, given, body.label, now, tag=body.tag, metadata=body.metadata
        )
    )


async def _from_job(body: CreateGroundTruth, house: House, who: Principal) -> CoreTruth:
    if body.pipeline is not None or body.input is not None:
        named = "pipeline" if body.pipeline is not None else "input"
        raise InvalidInput(f"{named}: it is the job's.", field=named, fix="Leave it out.")
    job, now = job_ref(body.job or ""), house.clock.now()

    def add(work: UnitOfWork) -> CoreTruth:
        return add_truth_of_job(
            work, who, job, now, label=body.label, tag=body.tag, metadata=body.metadata
        )

    return await house.database.write(add)
