"""With whom a job is shared."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.numbered import piece_of
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.shared import PageQuery
from jobmill.api.schemas.sharing import Collaborator, CollaboratorPage, ShareJob
from jobmill.core.ids import JobRef
from jobmill.core.jobs.service import (
    Collaborator as Asked,
)
from jobmill.core.jobs.service import (
    ShareView,
    job_collaborators,
    share_job,
    share_job_with_more,
    unshare_job,
)

router = native_router("jobs")


@router.get(
    "/jobs/{job}/collaborators", summary="List a job's collaborators", responses=problems(404)
)
async def read_collaborators(
    job: str, query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> CollaboratorPage:
    """Users and teams that see the job beside its owner and the admins, each with their steps."""
    found = await house.database.read(lambda work: job_collaborators(work, who, job_ref(job)))
    shown, following = piece_of(query, found, _name)
    return CollaboratorPage(items=[Collaborator.of(each) for each in shown], next=following)


@router.put(
    "/jobs/{job}/collaborators",
    summary="Share a job",
    responses=problems(*WITH_BODY, 404),
)
async def edit_collaborators(
    job: str, body: ShareJob, house: TheHouse, who: Caller
) -> CollaboratorPage:
    """From now on these collaborate on the job and nobody else. For its owner and for admins.

    All of them see the job with its tasks, results, events and files. The step `manage` lets them
    steer it too; other steps are roles whose questions they may answer.
    """
    asked = [each.asked() for each in body.collaborators]
    found = await house.database.write(lambda work: share_job(work, who, job_ref(job), asked))
    return CollaboratorPage(items=[Collaborator.of(each) for each in found], next=None)


@router.post(
    "/jobs/{job}/collaborators",
    summary="Share a job with more",
    responses=problems(*WITH_BODY, 404),
)
async def add_collaborators(
    job: str, body: ShareJob, house: TheHouse, who: Caller
) -> CollaboratorPage:
    """These collaborate on the job, too, and all others as before; answers with all of them.

    One who does already gets these steps in addition. For its owner and for admins.
    """
    asked = [each.asked() for each in body.collaborators]
    found = await house.database.write(
        lambda work: share_job_with_more(work, who, job_ref(job), asked)
    )
    return CollaboratorPage(items=[Collaborator.of(each) for each in found], next=None)


@router.delete(
    "/jobs/{job}/collaborators/users/{user}",
    status_code=204,
    response_class=Response,
    summary="Share a job with a user no longer",
    responses=problems(404),
)
async def drop_user(job: str, user: str, house: TheHouse, who: Caller) -> None:
    """By id, e-mail address or name; `*` for everybody of the organization. All others stay. For
    the job's owner and for admins."""
    await _unshare(house, who, job_ref(job), Asked(user=user))


@router.delete(
    "/jobs/{job}/collaborators/teams/{team}",
    status_code=204,
    response_class=Response,
    summary="Share a job with a team no longer",
    responses=problems(404),
)
async def drop_team(job: str, team: str, house: TheHouse, who: Caller) -> None:
    """By id or name. All others stay. For the job's owner and for admins."""
    await _unshare(house, who, job_ref(job), Asked(team=team))


async def _unshare(house: TheHouse, who: Caller, job: JobRef, whom: Asked) -> None:
    await house.database.write(lambda work: unshare_job(work, who, job, whom))


def _name(share: ShareView) -> str:
    if share.user is not None:
        return f"user {share.user.id}"
    return f"team {share.team.id}" if share.team is not None else "*"
