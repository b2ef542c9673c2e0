"""Who works now."""

from jobmill.api.answers import problems
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.resources import Worker, WorkerPage
from jobmill.core.jobs.service import list_workers

router = native_router("workers")


@router.get("/workers", summary="List workers", responses=problems())
async def read_workers(house: TheHouse, who: Caller) -> WorkerPage:
    """The workers that are alive, with how much they run.

    For admins of the server's first organization.
    """
    now = house.clock.now()
    workers = await house.database.read(lambda work: list_workers(work, who, now))
    return WorkerPage(items=[Worker.of(worker) for worker in workers], next=None)
