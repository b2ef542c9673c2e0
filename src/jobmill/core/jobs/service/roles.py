"""Parts that an engine writes through a port with a role become assets of the job's item."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from mimetypes import guess_extension

from jobmill.core.items import AssetSource, AssetState
from jobmill.core.jobs.model import Job, Part, Task
from jobmill.core.jobs.ports import UnitOfWork

# Several fit, and the first of the alphabet is not what people expect.
_USUAL = {"application/xml": ".xml", "text/plain": ".txt", "image/jpeg": ".jpg"}
PORT, PART = "port", "part"
_ROLE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def hold_parts(
    work: UnitOfWork,
    job: Job,
    task: Task,
    parts: Sequence[Part],
    roles: Mapping[str, str],
    now: datetime,
) -> None:
    """Put each part into its port's role; a job without an item keeps them as parts alone.

    The part's meta may name another `role`, and say that it is the `main` one of it. The first
    part of a task that runs anew takes the place of all that its port wrote before.
    """
    if job.item is None:
        return
    for part in parts:
        usual = roles.get(part.port)
        if usual is None or part.blob is None:
            continue
        if part.number == 0 and task.generation > 1:
            let_go(work, job, task, part.port, 0)
        told = str(part.meta.get("role", usual))
        role = told if _ROLE.fullmatch(told) else usual
        suffix = _USUAL.get(part.media_type) or guess_extension(part.media_type) or ""
        asset = work.assets.add(
            job.organization,
            str(part.meta.get("name") or f"{task.name}.{part.port}.{part.number}{suffix}"),
            part.media_type,
            AssetSource.TASK,
            AssetState.READY,
            now,
            blob=part.blob,
            owner=job.owner,
        )
        extras = {**part.meta, PORT: part.port, PART: part.number}
        main = part.meta.get("main") is True
        work.items.hold(
            job.item, role, asset.number, now, main=main, task=task.number, extras=extras
        )


def let_go(work: UnitOfWork, job: Job, task: Task, port: str, first: int) -> None:
    """The parts of a port from a number on are gone, and with them the assets that they became;
    one that another job works or worked on stays, in no role."""
    if job.item is None:
        return
    for held in work.items.held([job.item]):
        place = held.extras.get(PART)
        mine = held.task == task.number and held.extras.get(PORT) == port
        if not mine or not isinstance(place, int) or place < first:
            continue
        work.items.release(held.number)
        uses = work.assets.uses(held.asset.number)
        if uses.open_jobs or uses.ended_jobs:
            continue
        unused = work.assets.remove(held.asset.number)
        if unused is not None:
            work.drop_blob(job.organization, unused)
