"""Follow a job until it ends, without polling: woken by commits, five looks a second at most."""

import asyncio
from collections.abc import AsyncIterator

from jobmill.core.accounts import Principal, renewed
from jobmill.core.ids import JobRef
from jobmill.core.jobs.ports import UnitOfWork
from jobmill.core.jobs.service import JobWatch, watch_job
from jobmill.core.jobs.states import ENDED_JOBS
from jobmill.http.house import House

LOOK_SECONDS = 0.2
NAP_SECONDS = 1.0


async def watch(
    house: House, who: Principal, job: JobRef, after: int, idle_seconds: float = 15.0
) -> AsyncIterator[JobWatch]:
    """Looks at a job: at once, whenever something was committed, and after `idle_seconds`.

    Each look holds the events since the one before. The last look is `over`; without one, the
    server stops. Raises JobNotFound when the job is not there, or not any more, and
    NotAuthenticated when the caller's key or session has ended.
    """
    clock = asyncio.get_running_loop().time
    while not house.stopping.is_set():
        seen, looked = house.bell.count, clock()
        who, look = await _look(house, who, job, after)
        yield look
        if look.over:
            return
        if look.events:
            after = look.events[-1].number
        if look.more:
            continue
        until = looked + idle_seconds
        while house.bell.count == seen and not house.stopping.is_set() and clock() < until:
            if _ended(who, house):
                break
            await house.bell.wait(seen, min(NAP_SECONDS, max(0.0, until - clock())))
        # A busy server commits hundreds of times a second, mostly for other jobs.
        await asyncio.sleep(max(0.0, looked + LOOK_SECONDS - clock()))


async def until_ended(house: House, who: Principal, job: JobRef, seconds: float) -> bool:
    """Wait for the job's end, for so many seconds at most; whether it has ended."""

    async def ended() -> bool:
        async for look in watch(house, who, job, 0):
            if look.graph.job.state in ENDED_JOBS:
                return True
        return False

    try:
        # Not `wait_for`: in Python 3.11 it can swallow a cancel.
        async with asyncio.timeout(seconds):
            return await ended()
    except TimeoutError:
        return False


async def _look(
    house: House, who: Principal, job: JobRef, after: int
) -> tuple[Principal, JobWatch]:
    """Who looks may have been shut out meanwhile, and what they may see may have changed."""
    now = house.clock.now()

    def look(work: UnitOfWork) -> tuple[Principal, JobWatch]:
        still = renewed(work, who, now)
        return still, watch_job(work, still, job, after)

    return await house.database.read(look)


def _ended(who: Principal, house: House) -> bool:
    """Whether the key or the session has come to its end, as it stood at the last look."""
    credential = who.credential
    until = None if credential is None else credential.until
    return until is not None and until <= house.clock.now()
