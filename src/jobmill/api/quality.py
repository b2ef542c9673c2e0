"""How right a pipeline is, and calibrations that show it."""

from typing import Annotated

from fastapi import Query

from jobmill.api.answers import WITH_BODY, answer, problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.quality import Quality, QualityRequest
from jobmill.api.schemas.truths import Calibrate, Calibrations, DrawnJob
from jobmill.core.jobs.service.truths import calibrate, pipeline_quality

router = native_router("quality")


@router.get(
    "/pipelines/{name:path}/quality", summary="Get a pipeline's quality", responses=problems(404)
)
async def read_quality(
    name: str, query: Annotated[QualityRequest, Query()], house: TheHouse, who: Caller
) -> Quality:
    """How often its output, its engines or its people are right where the answer is known.

    For admins: who answers jobs could tell calibrations by it.
    """
    found = await house.database.read(
        lambda work: pipeline_quality(
            work,
            who,
            name,
            query.by,
            since=query.since,
            until=query.until,
            width=query.every,
            subject=query.subject,
        )
    )
    return Quality.of(found)


@router.post(
    "/pipelines/{name:path}/calibrations",
    status_code=201,
    summary="Draw calibrations",
    responses={**answer(201, "The jobs."), **problems(*WITH_BODY, 404)},
)
async def draw_calibrations(
    name: str, body: Calibrate, house: TheHouse, who: Caller
) -> Calibrations:
    """Make jobs of inputs whose right answer is known, of those that were least used before.

    Only admins can tell them from others: they have owner, tags, priority, times and collaborators
    of the pipeline's last job.
    """
    shared, now = body.collaborators, house.clock.now()
    named = None if shared is None else [each.asked() for each in shared]
    drawn = await house.database.write(
        lambda work: calibrate(
            work,
            house.outside,
            who,
            name,
            body.count,
            now,
            tag=body.tag,
            collaborators=named,
        )
    )
    return Calibrations(jobs=[DrawnJob.of(each) for each in drawn])
