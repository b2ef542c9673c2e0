"""Who works now."""

from fastapi import APIRouter

from jobmill.api.answers import problems
from jobmill.api.route import Caller, NativeRoute, TheHouse
from jobmill.api.schemas.resources import Worker, WorkerPage
from jobmill.core.jobs.service import list_workers

router = APIRouter(tags=["workers"], route_class=NativeRoute)


@router.get("/workers", summary="List workers", responses=problems())
async def read_workers(house: TheHouse, who: Caller) -> WorkerPage:
    """The workers that are alive, with how much they run."""
    now = house.clock.now()
    workers = await house.database.read(lambda work: list_workers(work, who, now))
    return WorkerPage(items=[Worker.of(worker) for worker in workers], next=None)
