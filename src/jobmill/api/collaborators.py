"""With whom a job is shared."""

from jobmill.api.answers import WITH_BODY, problems
from jobmill.api.route import Caller, TheHouse, job_ref, native_router
from jobmill.api.schemas.sharing import Collaborator, CollaboratorPage, ShareJob
from jobmill.core.jobs.service import job_collaborators, share_job

router = native_router("jobs")


@router.get(
    "/jobs/{job}/collaborators", summary="List a job's collaborators", responses=problems(404)
)
async def read_collaborators(job: str, house: TheHouse, who: Caller) -> CollaboratorPage:
    """Users and teams that see the job beside its owner and the admins, each with their steps."""
    found = await house.database.read(lambda work: job_collaborators(work, who, job_ref(job)))
    return CollaboratorPage(items=[Collaborator.of(each) for each in found], next=None)


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
